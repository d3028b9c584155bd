package io.tidemark.pipeline;

import static java.util.Comparator.comparing;

import java.util.List;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** Says what somebody probably meant by a key that there is not. */
final class UnknownKey {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private UnknownKey() {}

  static String message(String key, List<String> known) {
    String nearest = known.stream().min(comparing(each -> DISTANCE.apply(key, each))).orElseThrow();
    return DISTANCE.apply(key, nearest) <= Math.max(2, key.length() / 3)
        ? "Cannot use this key: it is not known. Did you mean '%s'?".formatted(nearest)
        : "Cannot use this key: it is not known. There are: %s."
            .formatted(String.join(", ", known));
  }
}
