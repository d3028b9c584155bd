package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.DATE_ALONE;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Columns of rows that are set by their key. */
class LakeTableUpdateTest {
  /** What others do while rows are evaluated. */
  private static Runnable meanwhile;

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

  @ParameterizedTest
  @EnumSource
  void columnsAreSetWhileOthersAppend(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row pot = sale("north", "pot", "1.000", "2011-01-01");
    table.append(rows(lake, MUG, CUP, pot), new Commit("stream", 0));
    AtomicInteger appended = new AtomicInteger();
    meanwhile =
        () ->
            table.append(rows(lake, DATE_ALONE), new Commit("others", appended.getAndIncrement()));
    UDF1<String, Boolean> whileOthersAppend =
        item -> {
          // Spark's sessions are not for its tasks' own threads.
          CompletableFuture.runAsync(meanwhile).join();
          return true;
        };
    lake.spark().udf().register("while_others_append", whileOthersAppend, DataTypes.BooleanType);

    table.update(
        lake.spark().sql("SELECT 'mug' AS item, 'south' AS shop"),
        List.of("item"),
        "while_others_append(present.item)");
    table.update(
        lake.spark().sql("SELECT 'pot' AS item, 'south' AS shop"),
        List.of("item"),
        "present.price > 1");

    assertThat(table.read(lake.spark()).where("item IS NOT NULL").collectAsList())
        .containsExactlyInAnyOrder(sale("south", "mug", "2.550", "2011-01-01"), CUP, pot);
    assertThat(table.read(lake.spark()).where("item IS NULL").count())
        .isPositive()
        .isEqualTo(appended.get());
  }
}
