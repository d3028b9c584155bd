package io.tidemark.local.bench;

import java.util.List;

/**
 * What was sent.
 *
 * @param all every delivery
 * @param once each purchase once
 */
record Delivered(Totals all, Totals once) {

  /** Whether each table is one of both after each pass: which of them, a rival knows best. */
  boolean hasEach(List<List<Totals>> passes) {
    return passes.size() == Worker.PASSES
        && passes.stream().noneMatch(List::isEmpty)
        && passes.stream()
            .flatMap(List::stream)
            .allMatch(table -> table.equals(all) || table.equals(once));
  }
}
