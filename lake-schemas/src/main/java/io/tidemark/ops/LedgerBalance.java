package io.tidemark.ops;

import java.util.ArrayList;
import java.util.List;

/**
 * The ledger added up: a total per topic-partition, and everything that does not add up.
 *
 * @param totals one span per topic-partition, from the first offset landed to the last
 * @param problems what does not balance, in words
 */
public record LedgerBalance(List<LedgerSpan> totals, List<String> problems) {
  public LedgerBalance {
    totals = List.copyOf(totals);
    problems = List.copyOf(problems);
  }

  /**
   * @param spans ordered by topic, partition and offset
   */
  public static LedgerBalance of(List<LedgerSpan> spans) {
    List<LedgerSpan> totals = new ArrayList<>();
    List<String> problems = new ArrayList<>();
    LedgerSpan total = null;
    for (LedgerSpan span : spans) {
      if (!span.balances()) {
        problems.add(
            "%s-%d [%d, %d): %d events, %d dead letters and %d missing are not %d offsets"
                .formatted(
                    span.topic(),
                    span.partition(),
                    span.from(),
                    span.until(),
                    span.events(),
                    span.deadLetters(),
                    span.missing(),
                    span.until() - span.from()));
      }
      if (total == null
          || !total.topic().equals(span.topic())
          || total.partition() != span.partition()) {
        if (total != null) {
          totals.add(total);
        }
        total = span;
      } else {
        if (total.until() != span.from()) {
          problems.add(
              "%s-%d: %s from offset %d to %d"
                  .formatted(
                      span.topic(),
                      span.partition(),
                      span.from() > total.until() ? "nothing is recorded" : "recorded twice",
                      Math.min(total.until(), span.from()),
                      Math.max(total.until(), span.from())));
        }
        total = sum(total, span);
      }
    }
    if (total != null) {
      totals.add(total);
    }
    return new LedgerBalance(totals, problems);
  }

  public boolean isBalanced() {
    return problems.isEmpty();
  }

  private static LedgerSpan sum(LedgerSpan first, LedgerSpan next) {
    return new LedgerSpan(
        first.topic(),
        first.partition(),
        first.from(),
        Math.max(first.until(), next.until()),
        first.events() + next.events(),
        first.deadLetters() + next.deadLetters(),
        first.missing() + next.missing());
  }
}
