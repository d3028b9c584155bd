package io.tidemark.local.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.schema.EventColumns;
import io.tidemark.streaming.Streams;
import io.tidemark.table.TestLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What landed beside what was sent, offset by offset. */
class LandedAsSentIT {
  private static final String PURCHASES = "purchases";

  private final Pipeline retail = PipelineFile.read(RetailCopy.ORIGINAL);
  private final Map<Place, Delivery> sent = new ConcurrentHashMap<>();

  @TempDir private Path folder;
  private LocalStack stack;
  private TestLake lake;

  /** Where a record stands on its topic. */
  private record Place(int partition, long offset) {
    static Place of(Row row) {
      return new Place(row.<Integer>getAs(0), row.<Long>getAs(1));
    }
  }

  @BeforeEach
  void replay() throws Exception {
    Path purchases = folder.resolve("purchases.csv");
    new PurchaseGenerator(9, 1_500, 6).writePurchases(purchases);
    stack = LocalStack.tethered(root(), RegistryChoice.FOLDER);
    lake = TestLake.in(root());
    Topic.create("products", 1, stack.environment().clientSettings());
    ReplaySource source = ReplaySource.of(retail, PURCHASES).orElseThrow();
    new Replay(
            purchases,
            PURCHASES,
            2,
            EventColumns.reader(source.schema()),
            source.mapping(),
            new Trouble(9, Share.of("5%"), Share.of("3%"), Share.of("10%"), Share.of("5%")),
            OptionalLong.empty(),
            OptionalLong.empty(),
            false)
        .run(
            lake.spark(),
            stack.environment(),
            delivery ->
                sent.put(new Place(delivery.at().partition(), delivery.at().offset()), delivery));
  }

  @AfterEach
  void close() {
    lake.close();
    stack.close();
  }

  @Test
  void everyOffsetIsAnEventOrADeadLetterOnceAndADeadLetterHasTheBytesThatWereSent()
      throws Exception {
    land(environment());

    lake.lake().register(lake.spark());
    var events =
        lake.spark().sql("SELECT _topic_partition, _offset FROM retail.events").collectAsList();
    var dead =
        lake.spark()
            .sql("SELECT partition, offset, topic, value FROM ops.dead_letters")
            .collectAsList();
    assertThat(events.stream().map(Place::of)).containsExactlyInAnyOrderElementsOf(places(true));
    assertThat(dead.stream().map(Place::of)).containsExactlyInAnyOrderElementsOf(places(false));
    assertThat(dead)
        .allSatisfy(
            row -> {
              assertThat(row.<String>getAs("topic")).isEqualTo(PURCHASES);
              assertThat(row.<byte[]>getAs("value")).isEqualTo(sent.get(Place.of(row)).value());
            });
    assertThat(sent.values().stream().map(Delivery::kind).distinct())
        .containsExactlyInAnyOrder(DeliveryKind.values());
  }

  @Test
  void offsetsAreNotTakenForThoseOfAnotherTopicNorLandedInAnotherWarehouse() throws Exception {
    Environment environment = environment();
    land(environment);
    land(environment);

    try (TestLake other = TestLake.in(Files.createDirectory(folder.resolve("other")))) {
      assertThatThrownBy(() -> land(other.spark(), environment))
          .hasMessageContaining("but the ledger has none of them. Put the warehouse back");
    }
    try (Admin admin = Admin.create(environment.clientSettings())) {
      admin.deleteTopics(List.of(PURCHASES)).all().get();
    }
    await()
        .ignoreExceptions()
        .untilAsserted(() -> Topic.create(PURCHASES, 2, environment.clientSettings()));
    assertThatThrownBy(() -> land(environment))
        .hasMessageContaining("topic 'purchases' of")
        .hasMessageContaining("is not the topic of its checkpoint");
  }

  /** Ids in damaged records are nobody's, however long the registry is asked for them. */
  private Environment environment() {
    return stack.environment().withPatience(Duration.ofSeconds(1));
  }

  private void land(Environment environment) throws Exception {
    land(lake.spark(), environment);
  }

  private void land(SparkSession spark, Environment environment) throws Exception {
    try (Streams streams = Streams.open(spark, retail, environment)) {
      streams.landDimensions();
      streams.landEvents();
    }
  }

  private Path root() {
    return folder.resolve("lake");
  }

  private Set<Place> places(boolean sound) {
    return sent.entrySet().stream()
        .filter(entry -> isSound(entry.getValue().kind()) == sound)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }

  private static boolean isSound(DeliveryKind kind) {
    return kind == DeliveryKind.EVENT || kind == DeliveryKind.DUPLICATE;
  }
}
