package io.tidemark.pipeline;

import java.util.List;

/** Says what somebody probably meant by a key that there is not. */
final class UnknownKey {
  private UnknownKey() {}

  static String message(String key, List<String> known) {
    return Nearest.of(key, known)
        .map("Cannot use this key: it is not known. Did you mean '%s'?"::formatted)
        .orElseGet(
            () ->
                "Cannot use this key: it is not known. There are: %s."
                    .formatted(String.join(", ", known)));
  }
}
