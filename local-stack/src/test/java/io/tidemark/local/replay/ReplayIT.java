package io.tidemark.local.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplayIT {
  private static final int PARTITIONS = 3;
  private static final long LINES = 10_000;
  private static final Duration MONTH = Duration.ofDays(30);

  @TempDir static Path folder;
  private static LocalStack stack;
  private static TestLake lake;
  private static ReplaySource source;
  private static Path purchases;

  @BeforeAll
  static void start() throws IOException {
    stack = LocalStack.tethered(folder.resolve("lake"), RegistryChoice.FOLDER);
    lake = TestLake.in(folder.resolve("lake"));
    Pipeline retail = PipelineFile.read(Path.of("..", "conf", "retail"));
    source = ReplaySource.of(retail, "purchases").orElseThrow();
    purchases = folder.resolve("purchases.csv");
    new PurchaseGenerator(3, LINES).writePurchases(purchases);
  }

  @AfterAll
  static void stop() {
    lake.close();
    stack.close();
  }

  @Test
  void whatWasSentStandsOnTheTopicInOrderOfArrival() {
    var sent = new ConcurrentLinkedQueue<Delivery>();
    Replayed replayed = replay("in-order", trouble(5)).run(lake.spark(), environment(), sent::add);
    List<ConsumerRecord<byte[], byte[]>> records = consume("in-order");

    assertThat(replayed.delivered()).isEqualTo(records.size()).isEqualTo(sent.size());
    assertThat(replayed.of(DeliveryKind.EVENT)).isEqualTo(LINES);
    assertThat(replayed.of(DeliveryKind.DUPLICATE)).isBetween(LINES / 25, LINES / 16);
    assertThat(replayed.delayed()).isBetween(LINES / 50, LINES / 25);
    assertThat(replayed.byKind()).containsOnlyKeys(DeliveryKind.values());
    for (int partition = 0; partition < PARTITIONS; partition++) {
      int number = partition;
      assertThat(records.stream().filter(r -> r.partition() == number).map(r -> r.timestamp()))
          .isNotEmpty()
          .isSorted();
    }
    Map<String, byte[]> byPlace = new HashMap<>();
    records.forEach(r -> byPlace.put(r.partition() + "-" + r.offset(), r.value()));
    assertThat(sent)
        .allSatisfy(
            delivery ->
                assertThat(byPlace.get(delivery.at().partition() + "-" + delivery.at().offset()))
                    .isEqualTo(delivery.value()));
  }

  @Test
  void goodRecordsAreFramedAvroThatArriveAtOrAfterTheirTime() {
    var sent = new ConcurrentLinkedQueue<Delivery>();
    replay("framed", trouble(6)).run(lake.spark(), environment(), sent::add);
    Map<String, Long> arrivals = new HashMap<>();
    for (Delivery delivery : sent) {
      if (delivery.kind() == DeliveryKind.EVENT) {
        GenericRecord event = decode(delivery.value());
        long lateness = delivery.arrival().toEpochMilli() - (long) event.get("event_time") / 1_000;
        assertThat(Duration.ofMillis(lateness))
            .isBetween(Duration.ZERO, Duration.ofSeconds(78_060));
        arrivals.put(event.get("event_id").toString(), delivery.arrival().toEpochMilli());
      }
    }
    assertThat(arrivals).hasSize((int) LINES);
    for (Delivery delivery : sent) {
      if (delivery.kind() == DeliveryKind.DUPLICATE) {
        String id = decode(delivery.value()).get("event_id").toString();
        assertThat(delivery.arrival().toEpochMilli()).isGreaterThan(arrivals.get(id));
      } else if (delivery.kind() == DeliveryKind.FUTURE_DATED) {
        GenericRecord event = decode(delivery.value());
        assertThat(arrivals).doesNotContainKey(event.get("event_id").toString());
        assertThat((long) event.get("event_time") / 1_000 - delivery.arrival().toEpochMilli())
            .isGreaterThan(MONTH.toMillis());
      }
    }
  }

  @Test
  void theSameSeedReplaysTheSameRecordsAndAnotherOneOthers() {
    replay("seed-7", trouble(7)).run(lake.spark(), environment(), delivery -> {});
    replay("seed-7-again", trouble(7)).run(lake.spark(), environment(), delivery -> {});
    replay("seed-8", trouble(8)).run(lake.spark(), environment(), delivery -> {});
    assertThat(fingerprint("seed-7")).isEqualTo(fingerprint("seed-7-again"));
    assertThat(fingerprint("seed-7")).isNotEqualTo(fingerprint("seed-8"));
  }

  @Test
  void theTopicKeepsRecordsHoweverOldTheyAre() throws Exception {
    replay("kept", Trouble.none()).run(lake.spark(), environment(), delivery -> {});
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "kept");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", environment().brokers()))) {
      assertThat(
              admin
                  .describeConfigs(List.of(topic))
                  .all()
                  .get()
                  .get(topic)
                  .get("retention.ms")
                  .value())
          .isEqualTo("-1");
    }
    assertThat(consume("kept")).hasSize((int) LINES);
  }

  @Test
  void aLineThatCannotBecomeAnEventIsNamedAndNothingIsSent() throws IOException {
    List<String> lines = new ArrayList<>(Files.readAllLines(purchases));
    lines.set(200, lines.get(200).replaceFirst("2010-12-", "2010-13-"));
    Path broken = Files.write(folder.resolve("broken.csv"), lines);
    Replay replay =
        new Replay(
            broken,
            "broken",
            PARTITIONS,
            EventColumns.reader(source.schema()),
            source.mapping(),
            Trouble.none(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false);
    assertThatThrownBy(() -> replay.run(lake.spark(), environment(), delivery -> {}))
        .hasMessageStartingWith("Cannot use %s:201: field 'event_time'".formatted(broken));
    assertThat(consume("broken")).isEmpty();
  }

  private static Replay replay(String topic, Trouble trouble) {
    return new Replay(
        purchases,
        topic,
        PARTITIONS,
        EventColumns.reader(source.schema()),
        source.mapping(),
        trouble,
        OptionalLong.empty(),
        OptionalLong.empty(),
        false);
  }

  /** More of the rare kinds than usual, so that a small file has them all. */
  private static Trouble trouble(long seed) {
    return new Trouble(seed, Share.of("5%"), Share.of("3%"), Share.of("1%"), Share.of("0.5%"));
  }

  private static GenericRecord decode(byte[] value) {
    assertThat(value[0]).isZero();
    var schema = EventColumns.reader(source.schema());
    var body = DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null);
    try {
      return new GenericDatumReader<GenericRecord>(schema).read(null, body);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Of times, keys and values, but for the schema's id, which is of the topic. */
  private static int fingerprint(String topic) {
    return consume(topic).stream()
        .map(
            r ->
                List.of(
                    r.partition(),
                    r.timestamp(),
                    Arrays.hashCode(r.key()),
                    r.value() == null || r.value().length < 5
                        ? 0
                        : Arrays.hashCode(Arrays.copyOfRange(r.value(), 5, r.value().length))))
        .collect(Collectors.toSet())
        .hashCode();
  }

  private static List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
    Map<String, Object> settings = Map.of("bootstrap.servers", environment().brokers());
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          IntStream.range(0, PARTITIONS).mapToObj(p -> new TopicPartition(topic, p)).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      while (records.size() < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }

  private static Environment environment() {
    return stack.environment();
  }
}
