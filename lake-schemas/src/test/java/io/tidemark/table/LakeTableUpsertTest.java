package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.KEY;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.refresh;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.apache.spark.sql.functions.input_file_name;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an upsert does to a table, whatever its format. */
class LakeTableUpsertTest {
  private static final int LARGE = 20_001;

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
  void upsertReplacesRowsOfEqualKeyOnceAndNullsAreEqual(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row other = sale("east", null, "7.000", "2011-01-01");
    table.upsert(rows(lake, MUG, sale(null, "mug", "1.000", "2011-01-01"), other), KEY, refresh(0));

    Row changed = sale(null, "mug", "2.000", "2011-01-01");
    assertThat(table.upsert(rows(lake, changed, CUP), KEY, refresh(1))).isTrue();
    Row late = sale(null, "mug", "3.000", "2011-01-01");
    assertThat(table.upsert(rows(lake, late), KEY, refresh(1))).isFalse();

    assertRows(lake, table, MUG, other, changed, CUP);
    assertThat(table.lastBatch("refresh")).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void upsertOfNoRowsCommitsNothing(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.upsert(rows(lake, MUG), KEY, refresh(0));
    long version = table.version();

    assertThat(table.upsert(rows(lake), KEY, refresh(1))).isTrue();

    assertThat(table.version()).isEqualTo(version);
  }

  /** Of more rows than are sent to those that they replace. */
  @ParameterizedTest
  @EnumSource
  void upsertsALargeBatchOnOneDateIntoOneFile(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.upsert(many("1.000"), KEY, refresh(0));

    table.upsert(many("2.000").unionByName(rows(lake, MUG)), KEY, refresh(1));

    Dataset<Row> present = table.read(lake.spark());
    assertThat(present.count()).isEqualTo(LARGE + 1);
    assertThat(present.where("price = 2").count()).isEqualTo(LARGE);
    assertThat(present.select(input_file_name()).distinct().count()).isOne();
  }

  private Dataset<Row> many(String price) {
    return lake.spark()
        .range(LARGE)
        .selectExpr(
            "'north' AS shop",
            "CAST(id AS STRING) AS item",
            "CAST(%s AS DECIMAL(18,3)) AS price".formatted(price),
            "TIMESTAMP'2011-01-01 10:00:00' AS sold_at",
            "DATE'2011-01-01' AS date");
  }

  @ParameterizedTest
  @EnumSource
  void upsertEvaluatesItsRowsOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    var evaluated = lake.spark().sparkContext().longAccumulator("evaluated");
    Dataset<Row> counted =
        rows(lake, MUG, CUP)
            .map(
                (org.apache.spark.api.java.function.MapFunction<Row, Row>)
                    row -> {
                      evaluated.add(1L);
                      return row;
                    },
                org.apache.spark.sql.Encoders.row(Sales.COLUMNS));

    table.upsert(counted, KEY, refresh(0));

    assertThat(evaluated.value()).isEqualTo(2L);
    assertThat(counted.storageLevel()).as("rows are let go").isEqualTo(StorageLevel.NONE());
  }
}
