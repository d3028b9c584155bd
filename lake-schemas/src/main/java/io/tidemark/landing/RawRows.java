package io.tidemark.landing;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.execution.LogicalRDD;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.types.StructType;

/** Rows as Spark keeps them, out of a Dataset and into one. */
final class RawRows {
  private RawRows() {}

  /** A micro-batch holds rows already, of which Spark's plan would copy every one once more. */
  static RDD<InternalRow> of(Dataset<Row> rows) {
    QueryExecution execution = rows.queryExecution();
    return execution.analyzed() instanceof LogicalRDD held ? held.rdd() : execution.toRdd();
  }

  static Dataset<Row> dataset(SparkSession spark, RDD<InternalRow> rows, StructType columns) {
    return ((org.apache.spark.sql.classic.SparkSession) spark)
        .internalCreateDataFrame(rows, columns, false);
  }
}
