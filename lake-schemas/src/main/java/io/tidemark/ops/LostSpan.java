package io.tidemark.ops;

/**
 * Offsets of a topic-partition that were gone before they could be landed: [from, until).
 *
 * @param beforeFirstLanding whether nothing of the topic-partition had been landed yet
 */
public record LostSpan(
    String topic, int partition, long from, long until, boolean beforeFirstLanding) {

  /** For people. */
  public String text() {
    return "%s-%d: the offsets [%d, %d), %,d in all, are lost: they were gone %s."
        .formatted(
            topic,
            partition,
            from,
            until,
            until - from,
            beforeFirstLanding
                ? "before the first landing"
                : "or left behind before they were landed, and --accept-loss went on");
  }
}
