package io.tidemark.local;

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
}
