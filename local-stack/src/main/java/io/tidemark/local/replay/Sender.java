package io.tidemark.local.replay;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.spark.sql.Row;

/** Sends deliveries to a topic in their order, less those that are there, and counts them. */
final class Sender implements AutoCloseable {
  private static final int BATCH = 256 * 1024;
  private static final long BUFFER = 32L * 1024 * 1024;
  private static final Map<String, Object> SETTINGS =
      Map.of(
          ProducerConfig.ACKS_CONFIG,
          "all",
          ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
          true,
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          "lz4",
          ProducerConfig.LINGER_MS_CONFIG,
          20);

  private final String topic;
  private final OptionalLong rate;
  private final long file;
  private final boolean isMarked;
  private final Set<Origin> there;
  private final Consumer<Delivery> taken;
  private final AtomicLong takenCount = new AtomicLong();
  private final Producer<byte[], byte[]> producer;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private final Map<DeliveryKind, Long> byKind = new EnumMap<>(DeliveryKind.class);
  private final long startedAt = System.nanoTime();
  private long sent;
  private long passed;
  private long delayed;

  /**
   * @param file the fingerprint's beginning, see {@link Origin}
   * @param isMarked whether event ids end in the file's mark
   * @param there what is on the topic already
   * @param limit bytes of the largest record
   */
  Sender(
      String topic,
      Map<String, Object> clientSettings,
      OptionalLong rate,
      long file,
      boolean isMarked,
      Set<Origin> there,
      int limit,
      Consumer<Delivery> taken) {
    this.topic = topic;
    this.rate = rate;
    this.file = file;
    this.isMarked = isMarked;
    this.there = there;
    this.taken = taken;
    Map<String, Object> settings = new HashMap<>(SETTINGS);
    settings.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, limit);
    settings.put(ProducerConfig.BATCH_SIZE_CONFIG, Math.min(BATCH, limit));
    settings.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Math.max(BUFFER, 2L * limit));
    settings.putAll(clientSettings);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  void send(Row row) {
    DeliveryKind kind = DeliveryKind.valueOf(row.getAs(Deliveries.KIND));
    long arrival = row.<Long>getAs(Deliveries.ARRIVAL);
    byte[] key = row.getAs(RecordMapping.KEY);
    byte[] value = row.getAs(Deliveries.VALUE);
    Origin origin = new Origin(file, row.<Long>getAs(RecordFile.POSITION), kind, isMarked);
    if (there.contains(origin)) {
      passed++;
      return;
    }
    keepToRate();
    refuseFailure();
    producer.send(
        new ProducerRecord<>(topic, null, arrival, key, value, List.of(origin.header())),
        (metadata, exception) -> {
          if (exception != null) {
            failure.compareAndSet(null, exception);
          } else {
            takenCount.incrementAndGet();
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

  /** What the broker has taken so far; once this is closed, for good. */
  long taken() {
    return takenCount.get();
  }

  /**
   * Waits until the broker has everything.
   *
   * @param isComplete whether all was sent that there is
   */
  Replayed finish(boolean isComplete) {
    producer.flush();
    refuseFailure();
    return new Replayed(sent, delayed, byKind, passed, isComplete);
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
