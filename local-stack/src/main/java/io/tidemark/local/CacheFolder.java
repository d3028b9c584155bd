package io.tidemark.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Where a user's machine keeps what can be fetched again, for all clones of Tidemark. */
final class CacheFolder {
  static final String CHOICE = "TIDEMARK_CACHE";

  private CacheFolder() {}

  /** What {@code TIDEMARK_CACHE} names, or else the usual place. */
  static Path of(Map<String, String> variables) {
    String chosen = variables.getOrDefault(CHOICE, "");
    if (!chosen.isBlank()) {
      return Path.of(chosen).toAbsolutePath().normalize();
    }
    String usual = variables.getOrDefault("XDG_CACHE_HOME", "");
    Path caches =
        usual.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(usual);
    return caches.toAbsolutePath().normalize().resolve("tidemark");
  }

  /**
   * @param what is to be installed there
   * @param megabytes that it takes, while it is installed too
   * @throws IllegalStateException if the disk has less
   */
  static void requireRoom(Path caches, String what, long megabytes) throws IOException {
    long free = freeMegabytes(caches);
    if (free < megabytes) {
      throw new IllegalStateException(
          "Cannot install %s in %s: it takes %,d MB there, and %,d MB are free. Make room, or set %s to a folder of another disk."
              .formatted(what, caches, megabytes, free, CHOICE));
    }
  }

  static long freeMegabytes(Path folder) throws IOException {
    return Files.getFileStore(folder).getUsableSpace() / 1_000_000;
  }
}
