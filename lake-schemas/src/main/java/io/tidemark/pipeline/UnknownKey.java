package io.tidemark.pipeline;

import java.util.List;

/** Says what somebody probably meant by a key that there is not. */
final class UnknownKey {
  private UnknownKey() {}

  static String message(String key, List<String> known) {
    return Nearest.of(key, known)
        .map("Unknown key. Did you mean '%s'?"::formatted)
        .orElseGet(() -> "Unknown key. The keys here are: %s.".formatted(String.join(", ", known)));
  }
}
