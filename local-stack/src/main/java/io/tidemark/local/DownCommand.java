package io.tidemark.local;

import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.EnvironmentFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tidemark down}: stops what {@code tidemark up} left running. */
@Command(
    name = "down",
    mixinStandardHelpOptions = true,
    description = "Stops the broker, the registry and Trino of a local lake. Its data stays.")
public final class DownCommand implements Callable<Integer> {
  @Mixin private LocalLake lake;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    List<ServerProcess> stopped = LocalStack.stop(lake.folder());
    stopped.forEach(server -> out.printf("Stopped %s, process %d%n", server.title(), server.pid()));
    FileTree.delete(new TrinoFiles(lake.folder()).folder());
    if (!stopped.isEmpty() && Files.exists(lake.environmentFile())) {
      EnvironmentFile.update(
          LocalEnvironment.withoutServers(lake.folder()), lake.environmentFile());
    }
    if (stopped.isEmpty()) {
      out.printf("Nothing is running in %s%n", lake.folder());
    }
    return ExitCode.FINE;
  }
}
