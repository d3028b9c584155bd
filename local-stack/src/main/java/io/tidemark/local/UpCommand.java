package io.tidemark.local;

import io.tidemark.cli.ExitCode;
import io.tidemark.lake.LakeCluster;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark up}: a broker and a registry on this machine, until {@code tidemark down}. */
@Command(
    name = "up",
    mixinStandardHelpOptions = true,
    description = {
      "Starts a Kafka broker and a schema registry on this machine and leaves them running.",
      "They listen on 127.0.0.1 only, on ports "
          + Broker.USUAL_PORT
          + " and "
          + Registry.USUAL_PORT
          + " if nobody else does."
    })
final class UpCommand implements Callable<Integer> {
  @Mixin private LocalLake lake;

  @Option(
      names = "--registry",
      defaultValue = "auto",
      description = {
        "Keep schemas in a registry server, which needs Java "
            + Registry.JAVA_RELEASE
            + " or later,",
        "or in a folder: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})."
      })
  private RegistryChoice registry;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    if (LocalStack.isUp(lake)) {
      out.println("Up already:");
    } else {
      LocalStack.stop(lake.folder());
      start();
      out.println("Up:");
    }
    print(out);
    return ExitCode.FINE;
  }

  private void start() {
    // Interrupted, it would leave servers behind that nobody knows of.
    Thread undo = new Thread(this::stopAll);
    Runtime.getRuntime().addShutdownHook(undo);
    LocalStack stack = LocalStack.detached(lake.folder(), registry);
    try {
      Environment environment = stack.environment();
      LakeCluster.of(environment, new Configuration())
          .require(environment.brokers(), Broker.clusterId(lake.folder()).orElseThrow());
      EnvironmentFile.write(stack.environment(), lake.environmentFile());
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
    Runtime.getRuntime().removeShutdownHook(undo);
  }

  /** One that ends before it has answered is started again, a few times. */
  private void stopAll() {
    List<ServerProcess> stopped;
    do {
      stopped = LocalStack.stop(lake.folder());
    } while (!stopped.isEmpty());
  }

  private void print(PrintWriter out) {
    var environment = EnvironmentFile.read(lake.environmentFile());
    out.printf("  broker       %s%n", environment.brokers());
    out.printf("  registry     %s%n", environment.registry());
    for (ServerProcess server : LocalStack.running(lake.folder())) {
      out.printf("  %-12s process %d, log %s%n", server.name(), server.pid(), server.log());
    }
    out.printf("  environment  %s%n", lake.environmentFile());
    out.printf(
        "Stop with: ./tidemark down %s%n",
        new VerbOptions(lake.folder(), Optional.empty()).ofLake());
  }
}
