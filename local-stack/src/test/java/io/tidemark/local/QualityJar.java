package io.tidemark.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The jar of checks, as it is submitted to a Spark 3.5. */
public final class QualityJar {
  public static final Path JAR = Path.of("..", "data-quality", "target", "data-quality.jar");

  /** The jars of the packages that the documentation names, with commas between them. */
  public static final Path PACKAGES = Path.of("..", "data-quality", "target", "packages.txt");

  private static final List<String> SHIPPED =
      List.of("/deequ-", "/picocli-", "/snakeyaml-engine-", "/progressbar-", "/jline-");

  private QualityJar() {}

  /** The class path of what every Spark 3.5 has. */
  public static String provided() throws IOException {
    String all = Files.readString(Path.of("..", "data-quality", "target", "dependencies.txt"));
    List<String> packages = List.of(Files.readString(PACKAGES).strip().split(","));
    return Stream.of(all.strip().split(":"))
        .filter(jar -> SHIPPED.stream().noneMatch(jar::contains))
        .filter(jar -> !packages.contains(jar))
        .collect(Collectors.joining(":"));
  }
}
