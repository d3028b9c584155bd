package io.tidemark.reconcile;

import io.tidemark.lake.EditWatch;
import io.tidemark.ops.OperationTables;
import io.tidemark.pipeline.Pipeline;
import java.time.Clock;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What one run of reconcile works with.
 *
 * @param id stands in every drift row and seal that the run writes
 * @param reportOnly whether to leave views and seals as they are
 * @param erased the last erasure of each events table, before the run has read any event
 */
record Run(
    SparkSession spark,
    Pipeline pipeline,
    OperationTables operations,
    String id,
    Clock clock,
    boolean reportOnly,
    Map<String, Long> erased) {
  Run {
    erased = Map.copyOf(erased);
  }

  /** Whether events were erased since, which the run may have read before. */
  boolean hasReadErased() {
    return !operations.erased().last(spark, pipeline.name()).equals(erased);
  }

  EditWatch editWatch() {
    return new EditWatch(spark, pipeline, operations, clock);
  }
}
