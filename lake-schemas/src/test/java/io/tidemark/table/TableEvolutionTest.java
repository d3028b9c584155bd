package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.delta.DeltaInside;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Tables whose definitions have changed, with the rows and the readers that they had. */
class TableEvolutionTest {
  private static final String NARROW =
      """
      id STRING NOT NULL, minutes INT NOT NULL, distance FLOAT, fare DECIMAL(6, 2), bike STRUCT<make: STRING NOT NULL, age: INT>,
      stops ARRAY<STRUCT<station: STRING NOT NULL, wait: INT>>, tolls MAP<STRING, STRUCT<cents: INT>>, tags ARRAY<INT>, date DATE\
      """;
  private static final String WIDE =
      """
      id STRING NOT NULL, minutes BIGINT, distance DOUBLE, fare DECIMAL(12, 2), bike STRUCT<make: STRING, age: BIGINT, model: STRING>,
      stops ARRAY<STRUCT<station: STRING NOT NULL, wait: BIGINT, lift: BOOLEAN>>, tolls MAP<STRING, STRUCT<cents: BIGINT, payer: STRING>>,
      tags ARRAY<BIGINT>, date DATE, note STRING\
      """;
  private static final String OLD_ROW =
      """
      SELECT 'a' AS id, 7 AS minutes, 1.5F AS distance, 12.34BD AS fare, named_struct('make', 'x', 'age', 1) AS bike,
        array(named_struct('station', 's', 'wait', 2)) AS stops, map('k', named_struct('cents', 3)) AS tolls, array(4) AS tags, date'2024-05-01' AS date\
      """;
  private static final String NEW_ROW =
      """
      SELECT 'b' AS id, 3000000000L AS minutes, 1.5D AS distance, 9999999999.34BD AS fare,
        named_struct('make', CAST(NULL AS STRING), 'age', 3000000000L, 'model', 'm') AS bike,
        array(named_struct('station', 's', 'wait', 3000000000L, 'lift', true)) AS stops,
        map('k', named_struct('cents', 3000000000L, 'payer', 'p')) AS tolls, array(3000000000L) AS tags, date'2024-05-01' AS date, 'n' AS note\
      """;

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

  @ParameterizedTest
  @EnumSource
  void aTableWidensInPlaceAtAnyDepthAndItsReadersGoOn(TableFormat format) throws Exception {
    LakeTable before = lake.lake().create(table(format, NARROW));
    append(before, OLD_ROW, 0);
    long pinned = before.version();
    assertThat(streamed(before)).containsExactly("a");

    LakeTable after = lake.lake().create(table(format, WIDE));
    append(after, NEW_ROW, 1);

    assertThat(streamed(after)).as("by the stream that had begun before").containsExactly("b");
    assertThat(after.read(lake.spark()).schema().catalogString())
        .isEqualTo(after.definition().columns().catalogString());
    assertThat(
            after
                .read(lake.spark())
                .orderBy("id")
                .selectExpr(
                    "minutes",
                    "fare",
                    "bike.age",
                    "bike.model",
                    "stops[0].wait",
                    "stops[0].lift",
                    "tolls['k'].cents",
                    "tolls['k'].payer",
                    "tags[0]")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly(
            "[7,12.34,1,null,2,null,3,null,4]",
            "[3000000000,9999999999.34,3000000000,m,3000000000,true,3000000000,p,3000000000]");
    Dataset<Row> asItWas = after.read(lake.spark(), pinned);
    assertThat(asItWas.schema().catalogString())
        .isEqualTo(after.definition().columns().catalogString());
    assertThat(asItWas.selectExpr("minutes", "bike.model", "stops[0].wait", "note").head())
        .hasToString("[7,null,2,null]");
    assertThat(lake.lake().create(table(format, WIDE)).version())
        .as("nothing is left to be done")
        .isEqualTo(after.version());
  }

  @ParameterizedTest
  @EnumSource
  void whatADefinitionHasLostStaysAndIsEmptyInNewRows(TableFormat format) {
    LakeTable wide = lake.lake().create(table(format, WIDE));
    append(wide, NEW_ROW, 0);
    String fewer =
        "id STRING NOT NULL, bike STRUCT<model: STRING>, stops ARRAY<STRUCT<wait: BIGINT>>, date"
            + " DATE";

    LakeTable narrow = lake.lake().create(table(format, fewer));
    String row =
        "SELECT '%s' AS id, named_struct('model', 'z') AS bike, array(named_struct('wait', 1L)) AS"
            + " stops, date'2024-05-01' AS date";
    append(narrow, row.formatted("c"), 1);
    narrow.upsert(lake.spark().sql(row.formatted("b")), List.of("id"), new Commit("upsert", 0));

    assertThat(
            wide.read(lake.spark())
                .orderBy("id")
                .selectExpr("id", "bike.age", "bike.model", "stops[0].station", "minutes")
                .collectAsList())
        .extracting(Row::toString)
        .containsExactly("[b,null,z,null,null]", "[c,null,z,null,null]");
    assertThat(narrow.read(lake.spark()).columns()).containsExactly("id", "bike", "stops", "date");
  }

  @ParameterizedTest
  @EnumSource
  void aRequiredColumnThatIsDefinedNoMoreMayBeEmpty(TableFormat format) {
    String columns = "id STRING NOT NULL, %sdate DATE";
    LakeTable before =
        lake.lake().create(table(format, columns.formatted("minutes INT NOT NULL, ")));
    append(before, "SELECT 'a' AS id, 12 AS minutes, date'2024-05-01' AS date", 0);

    LakeTable without = lake.lake().create(table(format, columns.formatted("")));
    append(without, "SELECT 'b' AS id, date'2024-05-01' AS date", 1);

    LakeTable again = lake.lake().create(table(format, columns.formatted("minutes INT, ")));
    assertThat(again.read(lake.spark()).orderBy("id").select("id", "minutes").collectAsList())
        .extracting(Row::toString)
        .containsExactly("[a,12]", "[b,null]");
  }

  /** Landing must not fall back to the writer of plans, at half the speed. */
  @Test
  void landingWritesDirectlyToATableThatHasEvolved() {
    lake.lake().create(table(TableFormat.DELTA, NARROW));

    LakeTable evolved = lake.lake().create(table(TableFormat.DELTA, WIDE));

    assertThat(DeltaInside.isWrittenDirectly(evolved)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "minutes INT|minutes STRING|its column minutes is INT, and its definition says STRING. Keep"
            + " its type",
        "minutes BIGINT|minutes INT|its column minutes is BIGINT, and its definition says INT. Keep"
            + " the wider type",
        "bike STRUCT<age: BIGINT>|bike STRUCT<age: INT>|its column bike.age is BIGINT, and its"
            + " definition says INT",
        "bike STRUCT<age: INT>|bike STRUCT<Age: INT>|it has the column bike.age, from which"
            + " bike.Age differs in case only",
        "stops ARRAY<STRUCT<wait: INT>>|stops ARRAY<STRUCT<wait: DATE>>|its column"
            + " stops.element.wait is INT",
        "tolls MAP<STRING, INT>|tolls ARRAY<INT>|its column tolls is MAP<STRING, INT>",
        "fare DECIMAL(6, 2)|fare DECIMAL(6, 4)|its column fare is DECIMAL(6,2), and its definition"
            + " says DECIMAL(6,4)",
      })
  void whatCannotBeDoneInPlaceIsRefusedByName(String before, String after, String why) {
    for (TableFormat format : TableFormat.values()) {
      lake.lake().create(table(format, "id STRING, " + before + ", date DATE"));

      assertThatThrownBy(
              () -> lake.lake().create(table(format, "id STRING, " + after + ", date DATE")))
          .hasMessageStartingWith("Cannot use table shop.rides_")
          .hasMessageContaining(why)
          .hasMessageContaining("another name");
    }
  }

  private static TableDefinition table(TableFormat format, String columns) {
    return new TableDefinition(
        "shop.rides_" + format.name().toLowerCase(java.util.Locale.ROOT),
        format,
        StructType.fromDDL(columns),
        Optional.of("date"),
        List.of("id"));
  }

  private void append(LakeTable table, String row, long batch) {
    Dataset<Row> rows = Conformed.to(table.definition().columns(), lake.spark().sql(row));
    table.land(
        lake.spark(), number -> rows.queryExecution().toRdd(), new Commit("land", batch), batch);
  }

  /** The ids that a stream with one checkpoint finds new. */
  private List<String> streamed(LakeTable table) throws Exception {
    List<String> ids = new ArrayList<>();
    VoidFunction2<Dataset<Row>, Long> collect =
        (rows, batch) ->
            rows.select("id").collectAsList().forEach(row -> ids.add(row.getString(0)));
    table.stream(lake.spark())
        .writeStream()
        .trigger(Trigger.AvailableNow())
        .option("checkpointLocation", folder.resolve("checkpoint").toString())
        .foreachBatch(collect)
        .start()
        .awaitTermination();
    return ids;
  }
}
