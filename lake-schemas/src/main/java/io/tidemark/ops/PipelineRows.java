package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;

import io.tidemark.table.LakeTable;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of a pipeline in an operational table, for whoever makes of them what he looks for: all if
 * they are few, of many what Spark leaves of them.
 */
record PipelineRows(LakeTable table, String pipeline) {

  /**
   * @param narrowed may leave out and add up what makes no difference to the reader
   * @return rows that have the columns of {@code narrowed} at least, by their names
   */
  List<Row> read(SparkSession spark, UnaryOperator<Dataset<Row>> narrowed) {
    return table
        .few(spark)
        .map(all -> all.stream().filter(row -> row.getAs("pipeline").equals(pipeline)).toList())
        .orElseGet(
            () ->
                narrowed
                    .apply(table.read(spark).where(col("pipeline").equalTo(pipeline)))
                    .collectAsList());
  }
}
