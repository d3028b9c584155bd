package io.tidemark.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which pipeline a verb works on: the same option on every verb. */
public final class PipelineOption {
  /** Set by the launcher: where Tidemark is. */
  private static final String HOME = "tidemark.home";

  @Option(
      names = "--pipeline",
      paramLabel = "DIR",
      description = "Folder of the pipeline, here or where Tidemark is (default: conf/retail).")
  private Path folder;

  public Path folder() {
    return find(given().orElse(Path.of("conf", "retail")));
  }

  /** As it stands on the command line, if it does. */
  public Optional<Path> given() {
    return Optional.ofNullable(folder);
  }

  /** Whether the launcher has started this, not somebody's spark-submit. */
  static boolean isLaunched() {
    return System.getProperty(HOME) != null;
  }

  /** The folder of that name here, or else where Tidemark is; as it was given if at neither. */
  public static Path find(Path folder) {
    Path own = Path.of(System.getProperty(HOME, "")).resolve(folder);
    return !Files.exists(folder) && Files.exists(own) ? own : folder;
  }
}
