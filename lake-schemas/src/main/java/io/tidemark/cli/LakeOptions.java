package io.tidemark.cli;

import io.tidemark.output.NamedCommand;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.Problems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which lake a verb works on: the same options on every verb. */
public final class LakeOptions {
  @ArgGroup private Place place = new Place();

  static final class Place {
    @Option(
        names = "--lake",
        paramLabel = "DIR",
        description = "Folder of a local lake (default: ./lake).")
    private Path lake;

    @Option(
        names = "--environment",
        paramLabel = "FILE",
        description =
            "Environment file of any other lake: brokers, registry, warehouse, checkpoints.")
    private Path environment;
  }

  /** The folder of the local lake. */
  public Path lake() {
    return (place.lake == null ? Path.of("lake") : place.lake).toAbsolutePath().normalize();
  }

  /** The environment file of the lake that is named on the command line, if one is. */
  public Optional<Path> given() {
    return place.lake == null
        ? Optional.ofNullable(place.environment)
        : Optional.of(lake().resolve("environment.yaml"));
  }

  private String creation() {
    String up = "./tidemark up";
    return place.lake == null ? up : up + " --lake " + NamedCommand.quoted(place.lake.toString());
  }

  /** The environment file given, or else the one that the local stack wrote into the lake. */
  public Environment environment() {
    if (place.environment != null) {
      return EnvironmentFile.read(place.environment);
    }
    Path written = lake().resolve("environment.yaml");
    if (!Files.exists(written)) {
      Problems problems = new Problems();
      problems.add(
          written.toString(),
          0,
          "",
          "No lake found. Pass the right --lake or --environment, or create a lake with: %s"
              .formatted(creation()));
      problems.refuse();
    }
    return EnvironmentFile.read(written);
  }
}
