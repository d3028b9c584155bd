package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.rows;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.udf;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Observation;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF0;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an append does to a table, whatever its format. */
class LakeTableAppendTest {
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
  void appendsEachBatchOfAQueryOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(table.append(rows(lake, MUG), new Commit("land", 3))).isTrue();
    assertThat(table.append(rows(lake, CUP), new Commit("land", 3))).isFalse();
    assertThat(table.append(rows(lake, CUP), new Commit("land", 2))).isFalse();
    assertThat(table.append(rows(lake, CUP), new Commit("another", 0))).isTrue();

    assertRows(lake, table, MUG, CUP);
    assertThat(table.lastBatch("land")).hasValue(3);
    assertThat(table.lastBatch("another")).hasValue(0);
    assertThat(table.lastBatch("nobody")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void remembersABatchWithoutRows(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(table.append(rows(lake), new Commit("land", 0))).isTrue();

    assertThat(table.lastBatch("land")).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void appendsInOnePassThatObservationsSee(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    Observation observation = new Observation("landed");
    Dataset<Row> observed =
        rows(lake, MUG, CUP)
            .observe(observation, count(lit(1)).as("rows"), sum("price").as("price"));

    table.append(observed, new Commit("land", 0));

    assertThat(observation.getAsJava())
        .containsEntry("rows", 2L)
        .containsEntry("price", new BigDecimal("2.675"));
  }

  /** The other commits after this one has looked, and before it commits. */
  @Test
  void ofTwoProcessesThatAppendABatchToAnIcebergTableOneDoes() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.ICEBERG));
    LakeTable others = lake.lake().create(Sales.table(TableFormat.ICEBERG));
    Commit commit = new Commit("land", 3);
    Dataset<Row> mine = rows(lake, MUG);
    UDF0<Boolean> meanwhile =
        () -> {
          others.append(rows(lake, CUP), commit);
          return true;
        };

    boolean appended =
        table.append(
            mine.where(udf(meanwhile, DataTypes.BooleanType).asNondeterministic().apply()), commit);

    assertThat(appended).isFalse();
    assertRows(lake, table, CUP);
  }
}
