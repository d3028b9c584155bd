package io.tidemark.landing;

import io.tidemark.ops.LedgerSpan;
import java.util.List;

/**
 * What became of a batch of records.
 *
 * @param number under which its events landed; the batch itself, of a dimension
 * @param spans of its offsets, as the ledger has them
 */
public record LandedBatch(long number, List<LedgerSpan> spans) {
  public LandedBatch {
    spans = List.copyOf(spans);
  }
}
