package io.tidemark.table.delta;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
import io.tidemark.table.Sales;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is read without Spark is what Spark reads. */
class DeltaSmallTableIT {
  private static final String COMPILES = "spark.sql.codegen.wholeStage";

  /** Every type that an operational table has, and those of a dimension. */
  private static final StructType COLUMNS =
      StructType.fromDDL(
          """
          id STRING NOT NULL, number BIGINT, small INT, is_so BOOLEAN, share DOUBLE, price DECIMAL(12, 2), bytes BINARY,
          day DATE, at TIMESTAMP, counts MAP<STRING, BIGINT>, headers ARRAY<STRUCT<key: STRING, value: BINARY>>""");

  @TempDir private Path folder;
  private TestLake lake;
  private SparkSession looking;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    looking = lake.spark().newSession();
    looking.conf().set("spark.sql.session.timeZone", "UTC");
    Looks.SETTINGS.forEach(
        (key, value) -> {
          if (!key.equals("spark.ui.enabled")) {
            looking.conf().set(key, value);
          }
        });
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private LakeTable table(StructType columns) {
    return lake.lake()
        .create(
            new TableDefinition(
                "till.things", TableFormat.DELTA, columns, Optional.empty(), List.of("id")));
  }

  private void put(LakeTable table, long batch) {
    Dataset<Row> rows =
        lake.spark()
            .sql(
                """
                SELECT 'a' AS id, 9007199254740993L AS number, -1 AS small, true AS is_so, 0.1D AS share, -12.34BD AS price, X'00FF' AS bytes,
                  DATE '1582-10-04' AS day, TIMESTAMP '1883-11-18 12:03:57.123456Z' AS at, map('x', 1L, 'y', null) AS counts,
                  array(named_struct('key', 'k', 'value', X'01'), null) AS headers
                UNION ALL SELECT 'ü', null, null, null, null, null, null, null, null, null, null
                UNION ALL SELECT 'z', 1, 2, false, double('NaN'), 5, X'', DATE '9999-12-31', TIMESTAMP '2011-01-01 00:00:00Z', map(), array()""");
    Dataset<Row> defined =
        lake.spark().createDataFrame(rows.toJavaRDD(), table.definition().columns());
    table.append(defined, new Commit("things", batch));
  }

  private static List<String> json(Dataset<Row> rows) {
    return rows.orderBy("id").selectExpr("to_json(struct(*))").collectAsList().stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static boolean isReadBySpark(Dataset<Row> rows) {
    return rows.queryExecution().optimizedPlan().toString().contains("parquet");
  }

  @Test
  void rowsAndTypesAreThoseThatSparkReads() {
    LakeTable table = table(COLUMNS);
    put(table, 0);
    long version = table.version();
    put(table, 1);

    Dataset<Row> small = table.read(looking);

    assertThat(isReadBySpark(small)).isFalse();
    assertThat(isReadBySpark(table.read(lake.spark()))).isTrue();
    assertThat(json(small)).hasSize(6).isEqualTo(json(table.read(lake.spark())));
    assertThat(json(table.read(looking, version)))
        .hasSize(3)
        .isEqualTo(json(table.read(lake.spark(), version)));
    assertThat(looking.conf().get(COMPILES)).isEqualTo("false");
  }

  @Test
  void deletedRowsAndColumnsThatCameLaterAreAsSparkReadsThem() {
    LakeTable table = table(COLUMNS);
    put(table, 0);
    lake.lake().register(lake.spark());
    lake.spark()
        .sql("ALTER TABLE till.things SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')");
    lake.spark().sql("DELETE FROM till.things WHERE id = 'a'");
    LakeTable wide = table(COLUMNS.add("note", "string").add("cents", "smallint"));

    assertThat(json(wide.read(looking))).hasSize(2).isEqualTo(json(wide.read(lake.spark())));
  }

  @Test
  void filesAreCountedWithoutSpark() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA));
    table.append(Sales.rows(lake, Sales.MUG, Sales.DATE_ALONE).coalesce(1), new Commit("land", 0));
    DeltaFewFiles files =
        new DeltaFewFiles(
            looking, lake.warehouse().resolve("shop/sales").toString(), table.version());

    assertThat(files.counts("date").orElseThrow())
        .containsExactly(RowFactory.create(LocalDate.parse("2011-01-01"), 2L, false));
    assertThat(files.counts("shop")).as("no partition").isEmpty();
  }

  @Test
  void whatIsNotSmallIsLeftToSparkWhichCompilesFromThenOn() {
    LakeTable table = table(StructType.fromDDL("id STRING"));
    Dataset<Row> files = lake.spark().range(0, 65, 1, 65).selectExpr("CAST(id AS STRING) AS id");
    table.append(files, new Commit("things", 0));

    Dataset<Row> rows = table.read(looking);

    assertThat(isReadBySpark(rows)).isTrue();
    assertThat(rows.count()).isEqualTo(65);
    assertThat(looking.conf().getOption(COMPILES)).isNotEqualTo(scala.Option.apply("false"));
  }

  @Test
  void aQueryOfMuchIsCompiledAndOneOfLittleIsNot() {
    Looks.measured(looking.range(1000).toDF());
    assertThat(looking.conf().get(COMPILES)).isEqualTo("false");

    Looks.measured(looking.range(10_000_000).toDF());
    assertThat(looking.conf().getOption(COMPILES)).isNotEqualTo(scala.Option.apply("false"));
  }
}
