package io.tidemark.reconcile;

import io.tidemark.lake.EditWatch;
import io.tidemark.ops.OperationTables;
import io.tidemark.pipeline.Pipeline;
import java.time.Clock;
import org.apache.spark.sql.SparkSession;

/**
 * What one run of reconcile works with.
 *
 * @param id stands in every drift row and seal that the run writes
 * @param reportOnly whether to leave views and seals as they are
 */
record ReconcileRun(
    SparkSession spark,
    Pipeline pipeline,
    OperationTables operations,
    String id,
    Clock clock,
    boolean reportOnly) {

  EditWatch editWatch() {
    return new EditWatch(spark, pipeline, operations, clock);
  }
}
