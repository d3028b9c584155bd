package io.tidemark.pipeline;

import static java.util.Comparator.comparing;

import java.util.Collection;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** The name that somebody probably meant by one that there is not. */
public final class Nearest {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  private Nearest() {}

  /** The text " Did you mean 'a'?" to append to an error message, or nothing if no name is near. */
  public static String hint(String name, Collection<String> known) {
    return of(name, known).map(" Did you mean '%s'?"::formatted).orElse("");
  }

  /** The one of some names that differs least, if it is near at all. */
  public static Optional<String> of(String name, Collection<String> known) {
    return known.stream()
        .min(comparing(each -> DISTANCE.apply(name, each)))
        .filter(each -> DISTANCE.apply(name, each) <= Math.max(2, name.length() / 3));
  }
}
