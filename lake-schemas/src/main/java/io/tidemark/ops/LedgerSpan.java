package io.tidemark.ops;

/**
 * What became of one span of a topic-partition's offsets in one landing batch.
 *
 * @param from the first offset
 * @param until one past the last offset
 * @param missing offsets that hold no record: expired, compacted away, or a transaction's marker
 */
public record LedgerSpan(
    String topic,
    int partition,
    long from,
    long until,
    long events,
    long deadLetters,
    long missing) {

  /** Whether every offset of the span ended as exactly one thing. */
  public boolean balances() {
    return until - from == events + deadLetters + missing;
  }
}
