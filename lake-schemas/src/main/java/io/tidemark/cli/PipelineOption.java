package io.tidemark.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which pipeline a verb works on: the same option on every verb. */
public final class PipelineOption {
  @Option(
      names = "--pipeline",
      paramLabel = "DIR",
      defaultValue = "conf/retail",
      description = "Folder of the pipeline (default: ${DEFAULT-VALUE}).")
  private Path folder;

  public Path folder() {
    return folder;
  }
}
