package io.tidemark.ops;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Rows that the driver made, in one file's worth of partitions. */
final class LocalRows {
  private LocalRows() {}

  static Dataset<Row> of(SparkSession spark, List<Row> rows, Operations table) {
    return spark.createDataFrame(rows, table.columns()).coalesce(1);
  }
}
