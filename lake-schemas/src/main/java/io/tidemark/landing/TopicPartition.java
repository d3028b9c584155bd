package io.tidemark.landing;

import java.io.Serializable;

/** One partition of a topic. */
public record TopicPartition(String topic, int partition) implements Serializable {}
