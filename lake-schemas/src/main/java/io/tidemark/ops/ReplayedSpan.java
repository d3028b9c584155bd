package io.tidemark.ops;

/**
 * Dead letters of one topic-partition that a batch has made events of.
 *
 * @param first the least of their offsets
 * @param records how many they are
 */
public record ReplayedSpan(String topic, int partition, long first, long records) {}
