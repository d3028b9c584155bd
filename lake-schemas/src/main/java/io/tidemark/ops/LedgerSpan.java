package io.tidemark.ops;

/**
 * What became of one span of a topic-partition's offsets in one landing batch.
 *
 * @param from the first offset
 * @param until one past the last offset
 * @param missing offsets that hold no record: compacted away, or a transaction's marker
 * @param lost offsets, the first ones, that were gone before they could be landed
 */
public record LedgerSpan(
    String topic,
    int partition,
    long from,
    long until,
    long events,
    long deadLetters,
    long missing,
    long lost) {

  /** One of which nothing was lost. */
  public LedgerSpan(
      String topic,
      int partition,
      long from,
      long until,
      long events,
      long deadLetters,
      long missing) {
    this(topic, partition, from, until, events, deadLetters, missing, 0);
  }

  /** Whether every offset of the span ended as exactly one thing. */
  public boolean balances() {
    return until - from == events + deadLetters + missing + lost;
  }
}
