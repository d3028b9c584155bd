package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeliveryOrderTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "event_id STRING, amount INT, _landed_batch BIGINT, _topic STRING, _topic_partition INT, _offset BIGINT");

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

  /** In no order, and in several partitions. */
  private Dataset<Row> deliveries() {
    List<Row> rows =
        List.of(
            RowFactory.create("a", 3, 1L, "sales", 0, 7L),
            RowFactory.create("b", 9, 0L, "sales", 1, 1L),
            RowFactory.create("a", 2, 0L, "sales", 1, 3L),
            RowFactory.create("b", 8, 0L, "sales", 1, 0L),
            RowFactory.create("a", 1, 0L, "sales", 0, 6L),
            RowFactory.create("c", 5, 4L, "sales", 0, 9L));
    return lake.spark().createDataFrame(rows, COLUMNS).repartition(3);
  }

  private static List<String> amounts(Dataset<Row> events) {
    return events.select("event_id", "amount").collectAsList().stream()
        .map(row -> row.mkString(" "))
        .sorted()
        .toList();
  }

  @Test
  void theFirstDeliveryLandedFirstWhateverTheOrderOfRows() {
    assertThat(amounts(DeliveryOrder.first(deliveries()))).containsExactly("a 1", "b 8", "c 5");
    assertThat(amounts(DeliveryOrder.last(deliveries()))).containsExactly("a 3", "b 9", "c 5");
  }
}
