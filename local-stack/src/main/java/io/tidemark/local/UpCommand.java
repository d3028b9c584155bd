package io.tidemark.local;

import io.tidemark.lake.LakeCluster;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark up}: servers on this machine, until {@code tidemark down}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a Kafka broker and a schema registry on this machine and leaves them running.",
      "They listen on 127.0.0.1 only, on ports "
          + Broker.USUAL_PORT
          + " and "
          + Registry.USUAL_PORT
          + " if nobody else does.",
      "With --trino, Trino runs beside them and reads every table of the lake."
    })
public final class UpCommand implements Callable<Integer> {
  @Mixin private LocalLake lake;

  @Option(
      names = "--registry",
      paramLabel = "KIND",
      defaultValue = "auto",
      description = {
        "Keep schemas in a registry server, which needs Java "
            + Registry.JAVA_RELEASE
            + " or later, or in a folder: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private RegistryChoice registry;

  @Option(
      names = "--trino",
      description = {
        "Start Trino too, on port "
            + Trino.USUAL_PORT
            + " if nobody else listens there. It needs Java "
            + Trino.JAVA_RELEASE
            + " or later and 1.5 GB of memory, and is fetched the first time: see docs/trino.md."
      })
  private boolean trino;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    boolean withTrino = trino || ServerProcess.find(Trino.NAME, lake.folder()).isPresent();
    boolean isUp = LocalStack.isUp(lake);
    boolean hasTrino = Trino.running(lake.folder()).isPresent();
    if (!isUp) {
      LocalStack.stop(lake.folder());
      start();
    }
    Optional<RuntimeException> failure =
        withTrino && !(isUp && hasTrino) ? startTrino() : Optional.empty();
    out.println(isUp && hasTrino == withTrino ? "Up already:" : "Up:");
    print(out);
    failure.ifPresent(
        reason -> {
          out.flush();
          throw reason;
        });
    return ExitCode.FINE;
  }

  /** What keeps it from starting keeps nothing else from it. */
  private Optional<RuntimeException> startTrino() {
    ServerProcess.find(Trino.NAME, lake.folder()).ifPresent(ServerProcess::stop);
    Thread undo = new Thread(() -> stopAll(List.of(Trino.NAME)));
    Runtime.getRuntime().addShutdownHook(undo);
    try {
      Path javaHome = Trino.javaHome();
      TrinoInstallation installation = TrinoInstallation.in(CacheFolder.of(System.getenv()));
      Trino.start(
          javaHome, installation, lake.folder(), Trino.USUAL_PORT, ServerProcess.Life.DETACHED);
      return Optional.empty();
    } catch (RuntimeException e) {
      return Optional.of(e);
    } finally {
      Runtime.getRuntime().removeShutdownHook(undo);
    }
  }

  private void start() {
    // Interrupted, it would leave servers behind that nobody knows of.
    Thread undo = new Thread(() -> stopAll(LocalStack.SERVERS));
    Runtime.getRuntime().addShutdownHook(undo);
    LocalStack stack = LocalStack.detached(lake.folder(), registry);
    try {
      Environment environment = stack.environment();
      LakeCluster.of(environment, new Configuration())
          .require(environment.brokers(), Broker.clusterId(lake.folder()).orElseThrow());
      EnvironmentFile.update(stack.environment(), lake.environmentFile());
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
    Runtime.getRuntime().removeShutdownHook(undo);
  }

  /** One that ends before it has answered is started again, a few times. */
  private void stopAll(List<String> names) {
    List<ServerProcess> stopped;
    do {
      stopped = LocalStack.stop(names, lake.folder());
    } while (!stopped.isEmpty());
  }

  private void print(PrintWriter out) {
    var environment = EnvironmentFile.read(lake.environmentFile());
    out.printf("  Kafka        %s%n", environment.brokers());
    out.printf("  schemas      %s%n", environment.registry());
    Optional<String> address = Trino.running(lake.folder());
    address.ifPresent(trino -> printTrino(out, trino));
    for (ServerProcess server : LocalStack.running(lake.folder())) {
      out.printf("  %-12s process %d, log %s%n", server.name(), server.pid(), server.log());
    }
    out.printf("  environment  %s%n", lake.environmentFile());
    out.printf(
        "Stop with: ./tidemark down %s%n",
        new VerbOptions(lake.folder(), Optional.empty()).ofLake());
  }

  private static void printTrino(PrintWriter out, String address) {
    out.printf("  Trino        %s, catalogs iceberg and delta%n", address);
    out.printf("    JDBC       %s?user=me%n", address.replace("http:", "jdbc:trino:"));
    out.printf("    CLI        trino --server %s --execute \"SHOW SCHEMAS FROM delta\"%n", address);
  }
}
