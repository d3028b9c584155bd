package io.tidemark.local;

import io.tidemark.output.WrongUsageException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Python of this machine that makes virtual environments.
 *
 * @param minor its release after the 3
 */
record Python(Path executable, int minor) {
  static final String CHOICE = "TIDEMARK_PYTHON";
  static final int OLDEST = 10;

  /** Libraries are locked for these; what is newer is taken where nothing else is there. */
  private static final List<String> NAMES =
      List.of("python3.11", "python3.12", "python3.13", "python3.10", "python3");

  private static final Pattern VERSION = Pattern.compile("3\\.(\\d+)");
  private static final String PROBE =
      "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])";

  /**
   * The one that {@code TIDEMARK_PYTHON} names, otherwise one on the path.
   *
   * @param purpose what it is needed for, as a plural that begins a sentence
   * @throws WrongUsageException if none is there that will do
   */
  static Python find(String purpose, Map<String, String> variables) {
    String chosen = variables.getOrDefault(CHOICE, "");
    if (!chosen.isBlank()) {
      return at(Path.of(chosen))
          .orElseThrow(
              () ->
                  new WrongUsageException(
                      "Cannot use %s=%s: it is not a Python 3.%d or later with the modules venv and ensurepip. Name another, or unset it."
                          .formatted(CHOICE, chosen, OLDEST)));
    }
    return onPath(variables.getOrDefault("PATH", "")).stream()
        .map(Python::at)
        .flatMap(Optional::stream)
        .findFirst()
        .orElseThrow(
            () ->
                new WrongUsageException(
                    "%s need Python 3.%d or later with the modules venv and ensurepip, and none is on PATH. Install one (on Debian and Ubuntu the packages python3 and python3-venv), or name one in %s."
                        .formatted(purpose, OLDEST, CHOICE)));
  }

  private static List<Path> onPath(String path) {
    List<Path> found = new ArrayList<>();
    for (String name : NAMES) {
      for (String folder : path.split(File.pathSeparator)) {
        Path candidate = Path.of(folder, name);
        if (Files.isExecutable(candidate)) {
          found.add(candidate);
        }
      }
    }
    return found;
  }

  /** Empty for one that is older, lacks a module, or cannot be run. */
  private static Optional<Python> at(Path executable) {
    try {
      Program.Ended probe =
          new Program(List.of(executable.toString(), "-I", "-c", PROBE), Path.of("/"), Map.of())
              .run(line -> false);
      Matcher version = VERSION.matcher(probe.text());
      return probe.exitCode() == 0 && version.matches()
          ? Optional.of(new Python(executable, Integer.parseInt(version.group(1))))
              .filter(python -> python.minor >= OLDEST)
          : Optional.empty();
    } catch (IOException cannotRun) {
      return Optional.empty();
    }
  }
}
