package io.tidemark.local.replay;

import io.tidemark.file.RecordMapping;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Row;

/** Sends deliveries to a topic in their order, and counts them. */
final class Sender implements AutoCloseable {
  private static final Map<String, Object> SETTINGS =
      Map.of(
          ProducerConfig.ACKS_CONFIG,
          "all",
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          true,
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          "lz4",
          ProducerConfig.BATCH_SIZE_CONFIG,
          256 * 1024,
          ProducerConfig.LINGER_MS_CONFIG,
          20,
          ProducerConfig.BUFFER_MEMORY_CONFIG,
          32L * 1024 * 1024);

  private final String topic;
  private final OptionalLong rate;
  private final Consumer<Delivery> taken;
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Map<DeliveryKind, Long> byKind = new EnumMap<>(DeliveryKind.class);
  private final long startedAt = System.nanoTime();
  private long sent;
  private long delayed;

  Sender(
      String topic,
      Map<String, Object> clientSettings,
      OptionalLong rate,
      Consumer<Delivery> taken) {
    this.topic = topic;
    this.rate = rate;
    this.taken = taken;
    Map<String, Object> settings = new HashMap<>(SETTINGS);
    settings.putAll(clientSettings);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void send(Row row) {
    DeliveryKind kind = DeliveryKind.valueOf(row.getAs(Deliveries.KIND));
    long arrival = row.<Long>getAs(Deliveries.ARRIVAL);
    byte[] key = row.getAs(RecordMapping.KEY);
    byte[] value = row.getAs(Deliveries.VALUE);
    keepToRate();
    refuseFailure();
    producer.send(
        new ProducerRecord<>(topic, null, arrival, key, value),
        (metadata, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          } else {
            taken.accept(new Delivery(kind, Instant.ofEpochMilli(arrival), value, metadata));
          }
        });
    sent++;
    byKind.merge(kind, 1L, Long::sum);
    if (row.<Boolean>getAs(Deliveries.DELAYED)) {
      delayed++;
    }
  }

  long sent() {
    return sent;
  }

  /** Waits until the broker has everything. */
  Replayed finish() {
    producer.flush();
    refuseFailure();
    return new Replayed(sent, delayed, byKind);
  }

  @Override
  public void close() {
    producer.close();
  }

  private void keepToRate() {
    if (rate.isPresent()) {
      long due = startedAt + sent * TimeUnit.SECONDS.toNanos(1) / rate.getAsLong();
      for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
        LockSupport.parkNanos(early);
      }
    }
  }

  private void refuseFailure() {
    Exception cause = failure.get();
    if (cause != null) {
      throw new IllegalStateException(
          "Cannot deliver to topic '%s': %s".formatted(topic, cause.getMessage()), cause);
    }
  }
}
