package io.tidemark.ops;

import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Rows that the driver made, in one file's worth of partitions. */
final class LocalRows {
  private LocalRows() {}

  static Dataset<Row> of(SparkSession spark, List<Row> rows, Operations table) {
    return spark.createDataFrame(rows, table.columns()).coalesce(1);
  }

  /** The cell of a number that may be absent. */
  static Long cell(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  /** The number of a cell that may be null. */
  static OptionalLong number(Long cell) {
    return cell == null ? OptionalLong.empty() : OptionalLong.of(cell);
  }
}
