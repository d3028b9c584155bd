package io.tidemark.local.cluster;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Spark's history server, over the event logs that applications have left in a folder. */
public final class SparkHistory implements AutoCloseable {
  private static final int MEGABYTES = 512;

  private final SparkServer server;

  private SparkHistory(SparkServer server) {
    this.server = server;
  }

  /**
   * Starts it, and waits until it answers.
   *
   * @param folder that its log is kept under
   * @param variables as of {@link SparkCluster#variables}
   * @param eventLogs {@code spark.eventLog.dir} of the applications
   */
  public static SparkHistory start(Path folder, Map<String, String> variables, URI eventLogs) {
    return new SparkHistory(
        SparkServer.start(
            "history",
            folder,
            MEGABYTES,
            variables,
            List.of(
                "-Dspark.history.fs.logDirectory=" + eventLogs,
                "-Dspark.history.fs.update.interval=1s",
                "-Dspark.history.ui.port=0"),
            "org.apache.spark.deploy.history.HistoryServer",
            List.of()));
  }

  /** Where its page is; what it tells programs is below {@code api/v1} there. */
  public URI page() {
    return server.page();
  }

  @Override
  public void close() {
    server.process().stop();
  }
}
