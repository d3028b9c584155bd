package io.tidemark.local.replay;

import java.time.Instant;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A record that the broker has taken.
 *
 * @param value as sent; null for none
 * @param at its topic, partition and offset
 */
public record Delivery(DeliveryKind kind, Instant arrival, byte[] value, RecordMetadata at) {}
