package io.tidemark.local;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The folder of a verb that works on this machine only. */
public final class LocalLake {
  @Option(
      names = "--lake",
      paramLabel = "DIR",
      defaultValue = "lake",
      description = "Folder of the local lake (default: ./lake).")
  private Path folder;

  public Path folder() {
    return folder.toAbsolutePath().normalize();
  }

  Path environmentFile() {
    return folder().resolve("environment.yaml");
  }
}
