package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.ViewStream;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.io.FileUtils;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A view that is changed, or is told to begin again, over the same checkpoints folder. */
class ViewRebuildIT {
  private static final String VIEW = "sales_sliding";

  @TempDir private Path folder;
  private TestLake lake;
  private SparkSession spark;
  private RetailCopy retail;
  private RetailEvents events;

  @BeforeEach
  void open() throws Exception {
    lake = TestLake.in(folder, RefreshSettings.of(RetailEvents.RETAIL.refresh(), Map.of()));
    spark = lake.spark();
    retail = RetailCopy.in(folder.resolve("retail"));
    for (String other : List.of("sales_by_hour_country", "sales_by_product_day")) {
      retail.change(
          "pipeline.yaml",
          yaml -> yaml.replaceAll("(?m)^ +- name: " + other + "\\n( {4}.*\\n)*", ""));
    }
    events = new RetailEvents(spark, PipelineTables.open(spark, pipeline()), 3);
    events.land();
    events.land();
    refresh(Set.of());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void aViewThatIsAsItWasGoesOnWithItsCheckpoint() throws Exception {
    events.land();

    assertThat(stream().notices()).isEmpty();
    refresh(Set.of());

    assertThat(checkpoint().resolve("generations")).doesNotExist();
    assertThat(batches()).containsExactly(0L, 1L);
  }

  @Test
  void aChangedSelectBeginsAgainWithItsNewColumnsAndNobodyDeletesAFolder() throws Exception {
    retail.change(
        "views/sales_sliding.sql",
        sql -> sql.replace("sum(quantity)", "max(revenue) AS dearest, sum(quantity)"));

    assertThat(stream().notices())
        .singleElement()
        .asString()
        .startsWith("sales_sliding: its SQL has changed. Its stream starts over");
    refresh(Set.of());

    assertThat(batches()).containsExactly(0L, 0L);
    assertThat(rows("dearest IS NULL")).isEmpty();
    assertThat(stream().notices()).isEmpty();
    events.land();
    refresh(Set.of());
    assertThat(batches()).containsExactly(0L, 0L, 1L);
  }

  @Test
  void aViewThatStartsOverSinceEventsWereErasedSaysSoUntilItHas() throws Exception {
    stream().forget(Instant.now().plusSeconds(60));

    for (int asked = 0; asked < 2; asked++) {
      assertThat(stream().notices())
          .singleElement()
          .asString()
          .startsWith(
              "sales_sliding: events were erased since its stream began. Its stream starts over")
          .contains("counts as dropped in status");
    }
    refresh(Set.of());

    assertThat(batches()).containsExactly(0L, 0L);
    assertThat(stream().notices()).isEmpty();
  }

  @Test
  void aChangedKeyOrLatenessIsToldByName() throws Exception {
    retail.change(
        "pipeline.yaml", yaml -> yaml.replaceFirst("lateness: .*", "lateness: 90 minutes"));

    assertThat(stream().changes())
        .singleElement()
        .asString()
        .matches("its lateness was .* and is 1 hour 30 minutes");
  }

  @Test
  void aViewIsBegunAgainOnPurposeOnceForEachTimeItIsAsked() throws Exception {
    List<Row> before = rows("true");

    refresh(Set.of(VIEW));
    refresh(Set.of());

    assertThat(batches()).containsExactly(0L, 0L);
    assertThat(rows("true")).isEqualTo(before);
    assertThat(checkpoint().resolve("generations/1/offsets/0")).exists();
  }

  @Test
  void aCheckpointOfBeforeThereWereDefinitionsGoesOn() throws Exception {
    Files.delete(checkpoint().resolve("definition.json"));
    events.land();

    refresh(Set.of());

    assertThat(batches()).containsExactly(0L, 1L);
    assertThat(checkpoint().resolve("definition.json")).exists();
  }

  @Test
  void aBeginningThatWasCutOffIsNone() throws Exception {
    Path cutOff = Files.createDirectories(checkpoint().resolve("generations/1"));
    Files.writeString(cutOff.resolve("definition.json"), "{ \"sql\" : \"SEL");
    events.land();

    refresh(Set.of());
    assertThat(batches()).containsExactly(0L, 1L);
    refresh(Set.of(VIEW));

    assertThat(batches()).containsExactly(0L, 0L, 1L);
    FileUtils.deleteDirectory(checkpoint().resolve("generations").toFile());
  }

  @Test
  void settingsThatTheFirstRunHasFixedAreToldByName() throws Exception {
    retail.change(
        "pipeline.yaml",
        yaml ->
            yaml.replace("shuffle-partitions: 2", "shuffle-partitions: 5")
                .replace("state-store: memory", "state-store: rocksdb"));

    assertThat(stream().notices())
        .hasSize(2)
        .anySatisfy(
            notice ->
                assertThat(notice)
                    .contains("shuffle-partitions is 5, and its state is divided into 2"))
        .anySatisfy(
            notice ->
                assertThat(notice)
                    .contains("state-store is rocksdb, and its state is kept in memory"));
    events.land();
    refresh(Set.of());
    assertThat(batches()).containsExactly(0L, 1L);
  }

  private void refresh(Set<String> rebuilt) throws Exception {
    try (Streams streams = Streams.open(spark, pipeline(), environment(), rebuilt, false)) {
      streams.refresh();
    }
  }

  private ViewStream stream() throws IOException {
    PipelineTables tables = PipelineTables.open(spark, pipeline());
    return ViewStream.of(spark, tables, environment(), tables.views().get(VIEW));
  }

  private Pipeline pipeline() {
    return PipelineFile.read(retail.folder());
  }

  private Environment environment() throws IOException {
    String yaml =
        """
        brokers: nowhere.invalid:9092
        registry: %1$s
        warehouse: %1$s/warehouse
        checkpoints: %1$s/checkpoints
        """;
    Path file = folder.resolve("environment.yaml");
    return EnvironmentFile.read(Files.writeString(file, yaml.formatted(folder)));
  }

  private Path checkpoint() {
    return folder.resolve("checkpoints/retail/refresh").resolve(VIEW);
  }

  private List<Row> rows(String where) {
    return PipelineTables.open(spark, pipeline())
        .views()
        .get(VIEW)
        .table()
        .read(spark)
        .where(where)
        .orderBy("window_start")
        .collectAsList();
  }

  /** The batches that refreshed the view, in order. */
  private List<Long> batches() {
    lake.lake().register(spark);
    return spark.sql("SELECT batch FROM ops.refreshes ORDER BY batch").collectAsList().stream()
        .map(row -> row.getLong(0))
        .toList();
  }
}
