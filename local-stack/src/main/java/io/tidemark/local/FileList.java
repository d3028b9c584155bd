package io.tidemark.local;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What a folder held when it was complete: a file in it, with the name and the size of each. */
final class FileList {
  private static final String NAME = "files";

  private FileList() {}

  static void write(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      String list =
          files
              .filter(Files::isRegularFile)
              .map(file -> size(file) + " " + folder.relativize(file))
              .sorted()
              .collect(joining("\n"));
      Files.writeString(folder.resolve(NAME), list);
    }
  }

  /** Whether all that was there is there, as large as it was. */
  static boolean holds(Path folder) {
    try {
      List<String> lines = Files.readAllLines(folder.resolve(NAME));
      return lines.stream().allMatch(line -> isThere(folder, line));
    } catch (NoSuchFileException absent) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look into " + folder, e);
    }
  }

  private static boolean isThere(Path folder, String line) {
    int blank = line.indexOf(' ');
    Path file = folder.resolve(line.substring(blank + 1));
    return Files.exists(file) && line.substring(0, blank).equals(Long.toString(size(file)));
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tell the size of " + file, e);
    }
  }
}
