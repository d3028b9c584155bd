package io.tidemark.local.replay;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.local.LaunchedVerb;
import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.FileFormat;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as people have them, and what stands on the topic of them. */
class ReplayedFileIT {
  private static final String HEADER =
      "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country";

  @TempDir static Path folder;
  private static LocalStack stack;
  private static TestLake lake;
  private static ReplaySource source;

  @BeforeAll
  static void start() throws IOException {
    stack = LocalStack.tethered(folder.resolve("lake"), RegistryChoice.FOLDER);
    lake = TestLake.in(folder.resolve("lake"));
    EnvironmentFile.write(stack.environment(), folder.resolve("lake/environment.yaml"));
    source = ReplaySource.of(PipelineFile.read(RetailCopy.ORIGINAL), "purchases").orElseThrow();
  }

  @AfterAll
  static void stop() {
    lake.close();
    stack.close();
  }

  @Test
  void theFileOfUciAsPeopleHaveIt() throws IOException {
    Charset windows = Charset.forName("windows-1252");
    Path file =
        write(
            "Online Retail [1].csv",
            windows,
            "536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,12/1/2010 8:26,2.55,17850,United"
                + " Kingdom\r\n"
                + "536365,71053,\"LAMP, \"\"CAFÉ\"\" £5\",6,12/1/2010 8:26,3.39,17850,United"
                + " Kingdom\r\n"
                + "C536379,D,Discount,-1,12/1/2010 9:41,27.5,,EIRE\r\n");
    Map<String, String> fields = new HashMap<>(source.mapping().fields());
    fields.put("event_time", "to_timestamp(InvoiceDate, 'M/d/yyyy H:mm')");
    ReplayMapping mapping = mapping(fields, Optional.empty(), Optional.of(windows));

    replay("uci", file, mapping).run(lake.spark(), stack.environment(), delivery -> {});

    assertThat(events("uci"))
        .extracting(
            event ->
                "%s|%s|%s"
                    .formatted(
                        event.get("event_id"), event.get("description"), event.get("cancelled")))
        .containsExactly(
            "536365-1|WHITE HANGING HEART T-LIGHT HOLDER|false",
            "536365-2|LAMP, \"CAFÉ\" £5|false",
            "C536379-1|Discount|true");
    assertThat(events("uci").get(2).get("event_time"))
        .isEqualTo(Instant.parse("2010-12-01T09:41:00Z").toEpochMilli() * 1_000);
  }

  @Test
  void recordsKeepTheOrderOfTheFileUnlessItSaysWhenTheyArrived() throws IOException {
    Path file =
        write(
            "order.csv",
            UTF_8,
            """
            1,A,2010-12-01 08:30:00,6,2010-12-01 08:30:00,1,,A
            2,A,2010-12-01 09:10:00,6,2010-12-01 08:26:00,1,,A
            3,A,2010-12-01 08:50:00,6,2010-12-01 08:50:00,1,,A
            """);
    replay("in-file-order", file, source.mapping())
        .run(lake.spark(), stack.environment(), delivery -> {});
    replay(
            "in-order-of-arrival",
            file,
            mapping(source.mapping().fields(), Optional.of("Description"), Optional.empty()))
        .run(lake.spark(), stack.environment(), delivery -> {});

    assertThat(consume("in-file-order"))
        .extracting(record -> id(record) + "@" + Instant.ofEpochMilli(record.timestamp()))
        .containsExactly(
            "1-1@2010-12-01T08:30:00Z", "2-1@2010-12-01T08:30:00Z", "3-1@2010-12-01T08:50:00Z");
    assertThat(consume("in-order-of-arrival"))
        .extracting(record -> id(record) + "@" + Instant.ofEpochMilli(record.timestamp()))
        .containsExactly(
            "1-1@2010-12-01T08:30:00Z", "3-1@2010-12-01T08:50:00Z", "2-1@2010-12-01T09:10:00Z");
  }

  @Test
  void aRecordThatTheTopicDoesNotTakeIsNamedBeforeAnythingIsSent() throws Exception {
    String line = "%d,A,%s,6,2010-12-01 08:30:00,1,,A\n";
    Path file =
        write(
            "large.csv",
            UTF_8,
            line.formatted(1, "a")
                + line.formatted(2, "x".repeat(2_000_000))
                + line.formatted(3, "b"));
    Replay replay = replay("large", file, source.mapping());
    assertThatThrownBy(() -> replay.run(lake.spark(), stack.environment(), delivery -> {}))
        .hasMessageStartingWith("Cannot use %s:3: the record has 2,000,".formatted(file))
        .hasMessageContaining("one of 1,048,588 can be sent")
        .hasMessageEndingWith("Nothing was sent.");
    assertThat(consume("large")).isEmpty();

    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "large");
    var limit = new ConfigEntry("max.message.bytes", "3000000");
    try (Admin admin = Admin.create(stack.environment().clientSettings())) {
      admin
          .incrementalAlterConfigs(
              Map.of(topic, List.of(new AlterConfigOp(limit, AlterConfigOp.OpType.SET))))
          .all()
          .get();
    }
    Awaitility.await()
        .until(() -> Topic.limit("large", stack.environment().clientSettings()) == 3_000_000);
    replay.run(lake.spark(), stack.environment(), delivery -> {});
    assertThat(events("large")).hasSize(3);
  }

  @Test
  void anotherFileOfTheSameInvoicesHasIdsOfItsOwnAndTheSameFileTheSame() throws IOException {
    String line = "1,A,lamp,%d,2010-12-01 08:30:00,1,,A\n";
    Path first = write("first.csv", UTF_8, line.formatted(6) + line.formatted(7));
    Path second = write("second.csv", UTF_8, line.formatted(8));
    Path copy = write("a copy of the first.csv", UTF_8, line.formatted(6) + line.formatted(7));
    for (Path file : List.of(first, second, copy, second)) {
      replay("numbered", file, source.mapping())
          .run(lake.spark(), stack.environment(), delivery -> {});
    }
    List<String> ids =
        events("numbered").stream().map(event -> event.get("event_id").toString()).toList();
    assertThat(ids).hasSize(6);
    assertThat(ids.get(2)).matches("1-1-[0-9a-f]{8}");
    assertThat(ids).containsExactly("1-1", "1-2", ids.get(2), "1-1", "1-2", ids.get(2));
  }

  @Test
  void aTopicThatDoesNotSayWhichFilesAreOnItIsNotNumberedInto() throws Exception {
    Path file = write("numbered.csv", UTF_8, "1,A,lamp,1,2010-12-01 08:30:00,1,,A\n");
    Topic.create("live", 1, stack.environment().clientSettings());
    try (var producer =
        new KafkaProducer<>(
            stack.environment().clientSettings(),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>("live", new byte[] {1})).get();
    }
    assertThatThrownBy(
            () ->
                replay("live", file, source.mapping())
                    .run(lake.spark(), stack.environment(), delivery -> {}))
        .hasMessageStartingWith("Cannot number the lines of this file for topic 'live'")
        .hasMessageContaining("per-file: false");
  }

  @Test
  void aStoppedReplayGoesOnWithWhatIsNotThere() throws IOException {
    Path file = folder.resolve("stopped.csv");
    new PurchaseGenerator(4, 2_000).writePurchases(file);
    AtomicInteger asked = new AtomicInteger();
    Replayed stopped =
        replay("stopped", file, source.mapping())
            .run(
                lake.spark(),
                stack.environment(),
                delivery -> {},
                () -> asked.incrementAndGet() > 700);
    assertThat(stopped.isComplete()).isFalse();
    assertThat(stopped.delivered()).isEqualTo(700);

    Replayed resumed =
        resumed("stopped", file).run(lake.spark(), stack.environment(), delivery -> {});
    assertThat(resumed.isComplete()).isTrue();
    assertThat(resumed.there()).isEqualTo(700);
    assertThat(resumed.delivered()).isEqualTo(1_300);
    assertThat(ids("stopped")).hasSize(2_000).doesNotHaveDuplicates();
  }

  @Test
  void aKilledReplayGoesOnWithWhatIsNotThere() throws Exception {
    Path file = folder.resolve("killed.csv");
    new PurchaseGenerator(5, 5_000).writePurchases(file);
    List<String> verb =
        List.of(
            "replay",
            "--lake=" + folder.resolve("lake"),
            "--pipeline=" + RetailCopy.ORIGINAL.toAbsolutePath().normalize(),
            "--input=" + file,
            "--topic=purchases",
            "--rate=500");
    try (LaunchedVerb replay = LaunchedVerb.startAsByDefault(folder, verb)) {
      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .ignoreExceptions()
          .until(() -> consume("purchases").size() > 300);
      assertThat(replay.errors()).doesNotContain("Cannot");
    }
    int killed = consume("purchases").size();
    assertThat(killed).isLessThan(5_000);

    Replayed resumed =
        resumed("purchases", file).run(lake.spark(), stack.environment(), delivery -> {});
    assertThat(resumed.delivered()).isEqualTo(5_000 - resumed.there());
    assertThat(ids("purchases")).hasSize(5_000).doesNotHaveDuplicates();
  }

  private static ReplayMapping mapping(
      Map<String, String> fields, Optional<String> arrival, Optional<Charset> encoding) {
    ReplayMapping retail = source.mapping();
    return new ReplayMapping(
        fields,
        retail.eventId(),
        retail.key(),
        retail.lineNumber(),
        arrival,
        new FileFormat(encoding, ','));
  }

  private static Replay replay(String topic, Path file, ReplayMapping mapping) {
    return replay(topic, file, mapping, false);
  }

  private static Replay resumed(String topic, Path file) {
    return replay(topic, file, source.mapping(), true);
  }

  private static Replay replay(String topic, Path file, ReplayMapping mapping, boolean resume) {
    return new Replay(
        file,
        topic,
        1,
        EventColumns.reader(source.schema()),
        mapping,
        Trouble.none(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        resume);
  }

  private static Path write(String name, Charset charset, String lines) throws IOException {
    String end = lines.contains("\r\n") ? "\r\n" : "\n";
    return Files.write(folder.resolve(name), (HEADER + end + lines).getBytes(charset));
  }

  private static List<String> ids(String topic) {
    return consume(topic).stream().map(ReplayedFileIT::id).toList();
  }

  private static List<GenericRecord> events(String topic) {
    return consume(topic).stream().map(ReplayedFileIT::event).toList();
  }

  private static String id(ConsumerRecord<byte[], byte[]> record) {
    return event(record).get("event_id").toString();
  }

  private static GenericRecord event(ConsumerRecord<byte[], byte[]> record) {
    var body =
        DecoderFactory.get().binaryDecoder(record.value(), 5, record.value().length - 5, null);
    try {
      return new GenericDatumReader<GenericRecord>(EventColumns.reader(source.schema()))
          .read(null, body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<ConsumerRecord<byte[], byte[]>> consume(String topic) {
    List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    try (var consumer =
        new KafkaConsumer<>(
            stack.environment().clientSettings(),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long end = consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
      while (records.size() < end) {
        consumer.poll(Duration.ofSeconds(1)).forEach(records::add);
      }
    }
    return records;
  }
}
