package io.tidemark.local.bench;

import java.util.List;

/**
 * What was sent.
 *
 * @param all every delivery
 * @param once each purchase once
 */
record Delivered(Totals all, Totals once) {

  /** Whether each is one of both: what a rival counts, it knows best. */
  boolean hasEach(List<Totals> totals) {
    return totals.stream().allMatch(each -> each.equals(all) || each.equals(once));
  }
}
