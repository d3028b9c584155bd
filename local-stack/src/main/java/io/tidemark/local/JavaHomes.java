package io.tidemark.local;

import io.tidemark.output.WrongUsageException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds the Javas of this machine. */
final class JavaHomes {
  static final String OF_REGISTRY = "TIDEMARK_REGISTRY_JAVA_HOME";
  static final String OF_TRINO = "TIDEMARK_TRINO_JAVA_HOME";

  private JavaHomes() {}

  /**
   * A Java of at least that release: the one that {@code choice} names, otherwise one of those that
   * other variables name, otherwise one in the usual places.
   *
   * @param choice the variable by which a user says which Java it is to be
   * @throws WrongUsageException if {@code choice} names an older one or none
   */
  static Optional<Path> atLeast(int release, String choice, Map<String, String> variables) {
    String chosen = variables.get(choice);
    if (chosen != null && !chosen.isBlank()) {
      Path home = Path.of(chosen);
      if (releaseOf(home) < release) {
        throw new WrongUsageException(
            "Cannot use %s=%s: no Java %d or later is there. Name another, or unset it."
                .formatted(choice, chosen, release));
      }
      return Optional.of(home);
    }
    return candidates(variables).stream().filter(home -> releaseOf(home) >= release).findFirst();
  }

  private static List<Path> candidates(Map<String, String> variables) {
    List<Path> candidates = new ArrayList<>();
    Stream.of(OF_REGISTRY, "JAVA_HOME")
        .map(variable -> variables.getOrDefault(variable, ""))
        .filter(Predicate.not(String::isBlank))
        .map(Path::of)
        .forEach(candidates::add);
    candidates.add(Path.of(System.getProperty("java.home")));
    candidates.addAll(foldersIn(Path.of("/usr/lib/jvm")));
    candidates.addAll(foldersIn(Path.of("/opt/java")));
    candidates.addAll(
        foldersIn(Path.of(System.getProperty("user.home"), ".sdkman/candidates/java")));
    foldersIn(Path.of("/Library/Java/JavaVirtualMachines")).stream()
        .map(folder -> folder.resolve("Contents/Home"))
        .forEach(candidates::add);
    return candidates;
  }

  private static List<Path> foldersIn(Path folder) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.sorted().toList();
    } catch (IOException absent) {
      return List.of();
    }
  }

  /** Every Java home has a file that names its release; 0 for what is none. */
  private static int releaseOf(Path home) {
    Properties properties = new Properties();
    try (Reader release = Files.newBufferedReader(home.resolve("release"))) {
      properties.load(release);
    } catch (IOException absent) {
      return 0;
    }
    String version = properties.getProperty("JAVA_VERSION", "0").replace("\"", "");
    return Files.isExecutable(home.resolve("bin/java"))
        ? Integer.parseInt(version.split("[.\\-+_]")[0])
        : 0;
  }
}
