package io.tidemark.table.delta;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What SQL reads by a table's name is the same whoever reads it. */
class SmallTableCatalogIT {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          """
          id STRING NOT NULL, number BIGINT, small INT, is_so BOOLEAN, share DOUBLE, price DECIMAL(12, 2), bytes BINARY,
          at TIMESTAMP, counts MAP<STRING, BIGINT>, headers ARRAY<STRUCT<key: STRING, value: BINARY>>, day DATE""");

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private LakeTable table(StructType columns) {
    return lake.lake()
        .create(
            new TableDefinition(
                "till.things", TableFormat.DELTA, columns, Optional.of("day"), List.of("id")));
  }

  private void put(LakeTable table, long batch, String... more) {
    Dataset<Row> rows =
        lake.spark()
            .sql(
                """
                SELECT 'a' AS id, 9007199254740993L AS number, -1 AS small, true AS is_so, 0.1D AS share, -12.34BD AS price, X'00FF' AS bytes,
                  TIMESTAMP '1883-11-18 12:03:57.123456Z' AS at, map('x', 1L, 'y', null) AS counts,
                  array(named_struct('key', 'k', 'value', X'01'), null) AS headers, DATE '1582-10-04' AS day
                UNION ALL SELECT 'ü', null, null, null, null, null, null, null, null, null, DATE '2011-01-01'
                UNION ALL SELECT 'z', 1, 2, false, double('NaN'), 5, X'', TIMESTAMP '2011-01-01 00:00:00Z', map(), array(), DATE '9999-12-31'""");
    Dataset<Row> defined = lake.spark().createDataFrame(rows.toJavaRDD(), COLUMNS);
    for (String column : more) {
      defined = defined.withColumn(column, lit(column));
    }
    table.append(defined, new Commit("things", batch));
  }

  /** As a verb that only looks has it: a session of its own. */
  private TestLake looking() {
    TestLake looking = TestLake.in(folder, Looks.SETTINGS);
    looking.lake().register(looking.spark());
    return looking;
  }

  private static List<String> json(TestLake of, String sql) {
    return of.spark().sql(sql).selectExpr("to_json(struct(*))").collectAsList().stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  private static boolean isReadBySpark(TestLake of, String sql) {
    return of.spark().sql(sql).queryExecution().executedPlan().toString().contains("parquet");
  }

  @Test
  void aQueryOfASmallTableFindsTheSame() {
    put(table(COLUMNS), 0);
    put(table(COLUMNS.add("note", "string")), 1, "note");
    lake.lake().register(lake.spark());
    TestLake looking = looking();

    for (String sql :
        List.of(
            "SELECT * FROM till.things",
            "SELECT T.id, Till.Things.day FROM spark_catalog.till.THINGS JOIN till.things T USING (id)",
            "WITH big AS (SELECT * FROM till.things WHERE number > 1) SELECT count(*), max(at) FROM big",
            "SELECT id FROM till.things WHERE day > (SELECT min(day) FROM till.things)",
            "SELECT day, sum(price), collect_set(counts['x']) FROM till.things GROUP BY day",
            "SELECT id FROM till.things WHERE day = DATE '9999-12-31'",
            "SELECT * FROM IDENTIFIER('till.' || 'things')")) {
      assertThat(json(looking, sql)).as(sql).isNotEmpty().isEqualTo(json(lake, sql));
      assertThat(isReadBySpark(looking, sql)).as(sql).isFalse();
      assertThat(isReadBySpark(lake, sql)).as(sql).isTrue();
    }
    assertThat(looking.spark().table("till.things").schema())
        .isEqualTo(lake.spark().table("till.things").schema());
  }

  @Test
  void anEmptyTableHasItsColumns() {
    table(COLUMNS);
    lake.lake().register(lake.spark());
    TestLake looking = looking();

    assertThat(json(looking, "SELECT * FROM till.things")).isEmpty();
    assertThat(json(looking, "SELECT count(*) AS all FROM till.things"))
        .isEqualTo(json(lake, "SELECT count(*) AS all FROM till.things"));
    assertThat(looking.spark().table("till.things").schema())
        .isEqualTo(lake.spark().table("till.things").schema());
  }

  @Test
  void deletedRowsAreGone() {
    put(table(COLUMNS), 0);
    lake.lake().register(lake.spark());
    lake.spark()
        .sql("ALTER TABLE till.things SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')");
    lake.spark().sql("DELETE FROM till.things WHERE id = 'a'");

    assertThat(json(looking(), "SELECT * FROM till.things"))
        .hasSize(2)
        .isEqualTo(json(lake, "SELECT * FROM till.things"));
  }

  @Test
  void earlierVersionsAndFilesAreLeftToSpark() {
    put(table(COLUMNS), 0);
    long version = table(COLUMNS).version();
    put(table(COLUMNS), 1);
    lake.lake().register(lake.spark());
    TestLake looking = looking();

    Looks.leaveToSpark(looking.spark());
    String before = "SELECT * FROM till.things VERSION AS OF " + version;
    assertThat(json(looking, before)).hasSize(3).isEqualTo(json(lake, before));
    String files = "SELECT id, _metadata.file_name FROM till.things";
    assertThat(json(looking, files)).hasSize(6).isEqualTo(json(lake, files));
  }

  @Test
  void aTableThatIsNotSmallIsLeftToSpark() {
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    "till.things",
                    TableFormat.DELTA,
                    StructType.fromDDL("id BIGINT"),
                    Optional.empty(),
                    List.of()));
    table.append(lake.spark().range(0, 65, 1, 65).toDF(), new Commit("things", 0));

    String sql = "SELECT sum(id) FROM till.things";
    assertThat(isReadBySpark(looking(), sql)).isTrue();
    assertThat(json(looking(), sql)).containsExactly("{\"sum(id)\":2080}");
  }
}
