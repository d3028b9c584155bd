package io.tidemark.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The main class of Trino's process, on Trino's class path: keeps Trino's metastore of Delta tables
 * current, then is Trino.
 */
final class TrinoServer {
  private static final String TRINO = "io.trino.server.TrinoServer";

  private final DeltaRegister tables;
  private String lastFailure = "";

  private TrinoServer(DeltaRegister tables) {
    this.tables = tables;
  }

  /**
   * @param args the warehouse, the folder of the metastore, and Trino's version
   */
  public static void main(String[] args) throws IOException, ReflectiveOperationException {
    DeltaRegister tables = new DeltaRegister(Path.of(args[0]), Path.of(args[1]), args[2]);
    tables.update();
    TrinoServer server = new TrinoServer(tables);
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(TrinoServer::inBackground);
    clock.scheduleWithFixedDelay(server::update, 1, 1, TimeUnit.SECONDS);
    Class.forName(TRINO).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
  }

  /** What fails now may not in a second: a table's folder may go while it is looked at. */
  private void update() {
    String failure = "";
    try {
      tables.update();
    } catch (IOException | RuntimeException e) {
      failure = e.toString();
    }
    if (!failure.isEmpty() && !failure.equals(lastFailure)) {
      System.err.println("Cannot tell Trino which Delta tables there are: " + failure);
    }
    lastFailure = failure;
  }

  private static Thread inBackground(Runnable work) {
    Thread thread = new Thread(work, "delta-tables");
    thread.setDaemon(true);
    return thread;
  }
}
