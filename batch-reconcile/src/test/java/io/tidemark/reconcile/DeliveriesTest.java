package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.jdk.javaapi.CollectionConverters;

class DeliveriesTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "event_id STRING, event_time TIMESTAMP, amount INT, labels STRUCT<of: MAP<STRING, STRING>>, _offset BIGINT, _late BOOLEAN");

  @TempDir private Path folder;

  private static Row delivery(String id, int amount, String label, long offset, boolean late) {
    Row labels = RowFactory.create(CollectionConverters.asScala(Map.of("shop", label)));
    return RowFactory.create(id, new Timestamp(0), amount, labels, offset, late);
  }

  @Test
  void deliveriesConflictIfFieldsThatTheViewReadsDifferMapsToo() {
    List<Row> rows =
        List.of(
            delivery("same", 1, "north", 0, false),
            delivery("same", 1, "north", 1, true),
            delivery("other label", 1, "north", 2, true),
            delivery("other label", 1, "south", 3, true),
            delivery("other amount", 1, "north", 4, false),
            delivery("other amount", 2, "north", 5, false));
    try (TestLake lake = TestLake.in(folder)) {
      var marked = lake.spark().createDataFrame(rows, COLUMNS);

      assertThat(Deliveries.of(marked, lit(true), List.of("labels")))
          .isEqualTo(new Deliveries(6, 3, 1, 3, 1));
      assertThat(Deliveries.of(marked, lit(true), List.of("amount", "labels", "_offset", "absent")))
          .isEqualTo(new Deliveries(6, 3, 2, 3, 1));
      assertThat(Deliveries.of(marked, lit(true), List.of("amount")).conflicting()).isEqualTo(1);
    }
  }
}
