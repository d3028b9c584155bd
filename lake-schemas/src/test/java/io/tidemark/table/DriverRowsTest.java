package io.tidemark.table;

import static io.tidemark.table.Sales.MUG;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.jdk.javaapi.CollectionConverters;

/** Appends of rows that the driver has, which runs no job for them, whatever the table's format. */
class DriverRowsTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          """
          name STRING NOT NULL, number BIGINT NOT NULL, partition INT, at TIMESTAMP, day DATE, share DOUBLE,
          bytes BINARY, versions MAP<STRING, BIGINT>, headers ARRAY<STRUCT<key: STRING, value: BINARY>>""");
  private static final Row FULL =
      RowFactory.create(
          "Zoë's 🐟",
          7L,
          3,
          Timestamp.from(Instant.parse("2011-01-01T10:00:00.123456Z")),
          Date.valueOf("1969-12-31"),
          0.5,
          new byte[] {0, -1},
          CollectionConverters.asScala(Map.of("products", 4L)),
          CollectionConverters.asScala(List.of(RowFactory.create("k", new byte[] {1}))).toSeq());
  private static final Row SPARSE =
      RowFactory.create("b", -1L, null, null, null, null, null, null, null);

  @TempDir Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private LakeTable journal(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "shop.journal",
                format,
                COLUMNS,
                Optional.empty(),
                List.of("name", "number", "day")));
  }

  @ParameterizedTest
  @EnumSource
  void keepsEveryTypeAndNull(TableFormat format) throws Exception {
    LakeTable table = journal(format);

    assertThat(table.append(lake.spark(), List.of(FULL, SPARSE), new Commit("runs", 0))).isTrue();

    List<Row> present = table.read(lake.spark()).orderBy("number").collectAsList();
    assertThat(present).hasSize(2);
    assertThat(present.get(0)).isEqualTo(SPARSE);
    Row full = present.get(1);
    assertThat(full.getString(0)).isEqualTo("Zoë's 🐟");
    assertThat(full.getInt(2)).isEqualTo(3);
    assertThat(full.getTimestamp(3)).isEqualTo(FULL.getTimestamp(3));
    assertThat(full.getDate(4)).isEqualTo(FULL.getDate(4));
    assertThat(full.<byte[]>getAs(6)).containsExactly(0, -1);
    assertThat(full.<String, Long>getJavaMap(7)).containsExactlyEntriesOf(Map.of("products", 4L));
    assertThat(full.<Row>getList(8))
        .singleElement()
        .satisfies(header -> assertThat(header.<byte[]>getAs("value")).containsExactly(1));
    assertThat(dataFiles()).hasSize(1);
    // By the statistics of its file it is found, and by them passed over.
    assertThat(table.read(lake.spark()).where(col("name").equalTo("Zoë's 🐟")).count()).isOne();
    assertThat(table.read(lake.spark()).where(col("day").lt("1970-01-01")).count()).isOne();
    assertThat(table.read(lake.spark()).where(col("number").gt(7)).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void appendsEachBatchOnceAndTheNextUnderTheNextNumber(TableFormat format) {
    LakeTable table = journal(format);

    assertThat(table.append(lake.spark(), List.of(FULL), new Commit("runs", 3))).isTrue();
    assertThat(table.append(lake.spark(), List.of(SPARSE), new Commit("runs", 3))).isFalse();
    assertThat(table.append(lake.spark(), List.of(SPARSE), new Commit("runs", 2))).isFalse();
    table.appendNext(lake.spark(), List.of(SPARSE), "runs", col("name").equalTo("b"));

    assertThat(table.read(lake.spark()).select("number").as(Encoders.LONG()).collectAsList())
        .containsExactlyInAnyOrder(7L, -1L);
    assertThat(table.lastBatch("runs")).hasValue(4);
  }

  @ParameterizedTest
  @EnumSource
  void runsNoJob(TableFormat format) {
    LakeTable table = journal(format);
    table.append(lake.spark(), List.of(FULL), new Commit("runs", 0));
    table.lastBatch("runs");
    int before = jobs();

    table.append(lake.spark(), List.of(SPARSE), new Commit("runs", 1));

    assertThat(jobs()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void refusesARowWithoutAValueThatTheTableNeeds(TableFormat format) throws Exception {
    LakeTable table = journal(format);
    Row nameless = RowFactory.create(null, 1L, null, null, null, null, null, null, null);

    assertThatThrownBy(
            () -> table.append(lake.spark(), List.of(FULL, nameless), new Commit("runs", 0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Cannot write to shop.journal: a row has no name");

    assertThat(dataFiles()).isEmpty();
    assertThat(table.lastBatch("runs")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void refusesATableWithDates(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThatThrownBy(() -> table.append(lake.spark(), List.of(MUG), new Commit("runs", 0)))
        .hasMessage("Cannot write rows of the driver to shop.sales: it is divided by date");
  }

  /** Jobs that the driver still knows of; tests run few. */
  private int jobs() {
    return lake.spark().sparkContext().statusTracker().getJobIdsForGroup(null).length;
  }

  private List<Path> dataFiles() throws Exception {
    try (Stream<Path> files = Files.walk(lake.warehouse())) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> !file.toString().contains("_delta_log"))
          .toList();
    }
  }
}
