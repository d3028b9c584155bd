package io.tidemark.local.bench;

import java.util.List;

/**
 * What a contender's process told at its end.
 *
 * @param cold from the start of its Java to the end of its first pass
 * @param warm its last pass alone
 * @param totals what each table comes to, after each pass
 */
record Measurement(Usage cold, Usage warm, List<List<Totals>> totals) {
  Measurement {
    totals = List.copyOf(totals);
  }

  boolean isEqualTo(List<Totals> expected) {
    return totals.stream().allMatch(expected::equals);
  }
}
