package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;

import io.tidemark.table.LakeTable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@code ops.drift}: where views differed from their recomputation, and why. */
public final class DriftLog {
  private final LakeTable table;

  DriftLog(LakeTable table) {
    this.table = table;
  }

  /**
   * @param drift rows of {@link Operations#DRIFT}, in any column order
   * @param run that has found it in a view
   */
  public void append(Dataset<Row> drift, String pipeline, String view, String run) {
    table.appendNext(
        drift.selectExpr(Operations.DRIFT.columns().fieldNames()),
        pipeline + "." + view,
        col("run").equalTo(run).and(col("view").equalTo(view)));
  }

  /** All drift ever found. */
  public Dataset<Row> read(SparkSession spark) {
    return table.read(spark);
  }
}
