package io.tidemark.ops;

import io.tidemark.table.Commit;
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
   * @return false, and nothing changes, if this commit is there already
   */
  public boolean append(Dataset<Row> drift, Commit commit) {
    return table.append(drift.selectExpr(Operations.DRIFT.columns().fieldNames()), commit);
  }

  /** All drift ever found. */
  public Dataset<Row> read(SparkSession spark) {
    return table.read(spark);
  }
}
