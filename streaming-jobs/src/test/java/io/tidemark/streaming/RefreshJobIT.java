package io.tidemark.streaming;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.sum;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.ops.Operations;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Seal;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableVersion;
import io.tidemark.table.TestLake;
import io.tidemark.table.session.Lake;
import io.tidemark.table.session.LakeSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RefreshJobIT {
  private static final String EVENTS = "events";

  @TempDir private Path folder;
  private TestLake lake;
  private SparkSession spark;
  private PipelineTables tables;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder, RefreshSettings.of(RetailEvents.RETAIL.refresh(), Map.of()));
    spark = lake.spark();
    tables = PipelineTables.open(spark, RetailEvents.RETAIL);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /** The rule that reconciliation explains drift by, on batches that are cut at random. */
  @ParameterizedTest
  @CsvSource({"sales_by_hour_country, 1", "sales_sliding, 2", "sales_by_product_day, 3"})
  void theViewHoldsExactlyTheEventsThatTheLedgerSaysWereNotLate(String name, long seed)
      throws Exception {
    RetailEvents events = new RetailEvents(spark, tables, seed);
    Random cuts = new Random(seed);
    for (int round = 0; round < 3; round++) {
      for (int landed = 0; landed <= cuts.nextInt(3); landed++) {
        events.land();
      }
      refresh(name, "checkpoint");
    }

    RefreshedBatch last = tables.operations().refreshes().last(spark, "retail").get(name);
    assertThat(last.newestEvent())
        .contains(
            tables
                .events()
                .get(EVENTS)
                .read(spark)
                .selectExpr("timestamp_millis(unix_millis(max(event_time)))")
                .head()
                .getTimestamp(0)
                .toInstant());
    ViewTable view = tables.views().get(name);
    List<TableVersion> versions = view.table().versions();
    assertThat(last.refreshedAt()).isAfterOrEqualTo(versions.get(versions.size() - 1).at());
    Dataset<Row> judged = judged(name);
    assertThat(judged.where("late").count()).isPositive();
    Dataset<Row> onTime = judged.where("NOT late").drop("late");
    assertSame(view.table().read(spark), view.view().batch(onTime, dimensions()));
  }

  @Test
  void aBatchThatRunsTwiceLeavesTheTableAsItWas() throws Exception {
    String name = "sales_sliding";
    new RetailEvents(spark, tables, 6).land();
    refresh(name, "checkpoint");
    LakeTable table = tables.views().get(name).table();
    assertThat(table.read(spark).isEmpty()).isFalse();
    long version = table.version();
    onlyFirstBatch("offsets");
    FileUtils.deleteDirectory(folder.resolve("checkpoint/commits").toFile());

    refresh(name, "checkpoint");

    assertThat(folder.resolve("checkpoint/commits/0")).as("the batch ran again").exists();
    assertThat(table.version()).isEqualTo(version);
  }

  /** As a process does that was asleep in the middle of a batch while another one went on. */
  @Test
  void aBatchThatLosesTheLeaseWhileItRunsCommitsNothing() throws Exception {
    String name = "sales_sliding";
    new RetailEvents(spark, tables, 6).land();
    LakeTable table = tables.views().get(name).table();
    long version = table.version();
    AtomicInteger asked = new AtomicInteger();

    assertThatThrownBy(
            () ->
                refresh(
                    name,
                    "checkpoint",
                    () -> {
                      if (asked.incrementAndGet() == 3) {
                        throw new IllegalStateException("another one has taken over");
                      }
                    }))
        .hasMessageContaining("another one has taken over");

    assertThat(asked).as("at the start, and twice in the batch").hasValue(3);
    assertThat(table.version()).isEqualTo(version);
    assertThat(folder.resolve("checkpoint/commits/0")).doesNotExist();
    refresh(name, "checkpoint");
    assertThat(table.version()).as("whoever goes on does the batch").isGreaterThan(version);
  }

  @Test
  void rowsOfASealedDateAreNotWrittenAndAreCounted() throws Exception {
    RetailEvents events = new RetailEvents(spark, tables, 4);
    events.land();
    refresh("sales_sliding", "checkpoint");
    LakeTable table = tables.views().get("sales_sliding").table();
    List<Row> before = sorted(table.read(spark).where("date = '2011-03-04'"));
    seal("sales_sliding", LocalDate.parse("2011-03-04"));
    events.land();

    refresh("sales_sliding", "new-checkpoint");

    assertThat(sorted(table.read(spark).where("date = '2011-03-04'"))).isEqualTo(before);
    assertThat(sealedRows("sales_sliding")).isPositive();
  }

  @Test
  void aNewCheckpointReadsEverythingAgainAndChangesNothing() throws Exception {
    RetailEvents events = new RetailEvents(spark, tables, 5);
    events.land();
    events.land();
    refresh("sales_by_hour_country", "checkpoint");
    LakeTable table = tables.views().get("sales_by_hour_country").table();
    List<Row> before = sorted(table.read(spark));

    refresh("sales_by_hour_country", "new-checkpoint");

    assertThat(sorted(table.read(spark))).isEqualTo(before);
  }

  @Test
  void aBatchDropsByTheWatermarkThatTheOneBeforeItLeft() throws Exception {
    RetailEvents events = new RetailEvents(spark, tables, 8);
    for (int batch = 0; batch < 3; batch++) {
      events.land();
      refresh("sales_sliding", "checkpoint");
    }

    List<Row> batches =
        refreshes("sales_sliding")
            .selectExpr("batch", "late_at", "watermark")
            .orderBy("batch")
            .collectAsList();

    assertThat(batches).extracting(row -> row.getLong(0)).containsExactly(0L, 1L, 2L);
    assertThat(batches.get(0).get(1)).isNull();
    for (int batch = 1; batch < batches.size(); batch++) {
      assertThat(batches.get(batch).getTimestamp(1))
          .isEqualTo(batches.get(batch - 1).getTimestamp(2));
    }
  }

  @Test
  void noEventsMakeNoRows() throws Exception {
    refresh("sales_sliding", "checkpoint");

    assertThat(tables.views().get("sales_sliding").table().read(spark).count()).isZero();
  }

  private void refresh(String name, String checkpoint) throws Exception {
    refresh(name, checkpoint, () -> {});
  }

  private void refresh(String name, String checkpoint, Runnable lease) throws Exception {
    ViewTable view = tables.views().get(name);
    new RefreshJob(
            RetailEvents.RETAIL,
            view.view(),
            tables.events().get(EVENTS),
            tables.dimensions(),
            view.table(),
            tables.operations(),
            () ->
                new Checkpoint(
                    LakeSession.path(folder.resolve(checkpoint).toUri()),
                    spark.sparkContext().hadoopConfiguration(),
                    lease),
            Clock.systemUTC())
        .start(spark, Trigger.AvailableNow())
        .awaitTermination();
  }

  private void onlyFirstBatch(String log) throws IOException {
    try (Stream<Path> batches = Files.list(folder.resolve("checkpoint").resolve(log))) {
      for (Path batch : batches.filter(file -> !file.endsWith("0")).toList()) {
        Files.delete(batch);
      }
    }
  }

  private Dataset<Row> judged(String name) {
    Dataset<Row> lateAt = tables.operations().refreshes().lateAt(spark, "retail", name, 0, 1_000);
    Dataset<Row> events = tables.events().get(EVENTS).read(spark);
    return events
        .join(lateAt, events.col("_landed_batch").equalTo(lateAt.col("landed_batch")))
        .withColumn("late", col("late_at").isNotNull().and(col("event_time").leq(col("late_at"))))
        .drop("landed_batch", "late_at");
  }

  private Map<String, Dataset<Row>> dimensions() {
    Map<String, Dataset<Row>> rows = new HashMap<>();
    tables.dimensions().forEach((name, table) -> rows.put(name, table.read(spark)));
    return rows;
  }

  private void seal(String view, LocalDate date) {
    tables
        .operations()
        .seals()
        .append(
            spark,
            "retail",
            view,
            List.of(
                new Seal(
                    date,
                    1,
                    "f",
                    1,
                    1,
                    OptionalLong.empty(),
                    Map.of(),
                    1,
                    "v",
                    "run",
                    Instant.parse("2011-04-01T00:00:00Z"),
                    Optional.empty(),
                    OptionalLong.empty(),
                    OptionalLong.empty(),
                    Map.of(),
                    Optional.empty())));
  }

  private Dataset<Row> refreshes(String view) {
    return Lake.of(spark)
        .create(Operations.REFRESHES.table(RetailEvents.RETAIL.operations()))
        .read(spark)
        .where(col("view").equalTo(view));
  }

  private long sealedRows(String view) {
    return refreshes(view).agg(sum("sealed_rows")).head().getLong(0);
  }

  private static void assertSame(Dataset<Row> actual, Dataset<Row> expected) {
    assertThat(sorted(actual)).isNotEmpty().isEqualTo(sorted(expected));
  }

  private static List<Row> sorted(Dataset<Row> rows) {
    return rows.orderBy("window_start", rows.columns()[2]).collectAsList();
  }
}
