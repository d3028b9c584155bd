package io.tidemark.output;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Names of things in a sentence. */
public final class Listing {
  private Listing() {}

  /**
   * The first of them, and how many there are beyond: "a and b", "a, b and 3 more".
   *
   * @param most how many are named
   */
  public static String of(Collection<?> all, int most) {
    List<String> named = new ArrayList<>();
    all.stream().limit(most).map(Object::toString).forEach(named::add);
    if (all.size() > most) {
      named.add(String.format(Locale.ROOT, "%,d more", all.size() - most));
    }
    int last = named.size() - 1;
    return last < 1
        ? String.join("", named)
        : String.join(", ", named.subList(0, last)) + " and " + named.get(last);
  }
}
