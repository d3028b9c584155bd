package io.tidemark.local.bench;

import java.util.Arrays;
import java.util.List;

/** What the driver's thread of a query is about, by the methods that it is in. */
enum DriverTime {
  COMMIT(
      "a commit to a table",
      "org.apache.spark.sql.delta.OptimisticTransaction",
      "org.apache.spark.sql.delta.OptimisticTransactionImpl",
      "org.apache.spark.sql.delta.TransactionExecutionObserver",
      "org.apache.iceberg.SnapshotProducer",
      "org.apache.iceberg.BaseTransaction"),
  CHECKPOINT(
      "files of the checkpoint",
      "org.apache.spark.sql.execution.streaming.checkpointing.",
      "io.tidemark.table.CheckpointFiles",
      "io.tidemark.streaming.Checkpoint"),
  OFFSETS(
      "what there is to read",
      "org.apache.spark.sql.kafka010.KafkaMicroBatchStream",
      "org.apache.spark.sql.delta.sources.DeltaSource",
      "org.apache.iceberg.spark.source.SparkMicroBatchStream"),
  PLAN(
      "plans and code",
      "org.apache.spark.sql.execution.QueryExecution",
      "org.apache.spark.sql.execution.WholeStageCodegenExec",
      "org.apache.spark.sql.catalyst."),
  OTHER("all else");

  private final String label;
  private final List<String> classes;

  DriverTime(String label, String... classes) {
    this.label = label;
    this.classes = List.of(classes);
  }

  String label() {
    return label;
  }

  /** The first of these kinds that any of the methods is of: a commit plans as well. */
  static DriverTime of(StackTraceElement[] stack) {
    return Arrays.stream(values()).filter(kind -> kind.isIn(stack)).findFirst().orElse(OTHER);
  }

  private boolean isIn(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .map(StackTraceElement::getClassName)
        .anyMatch(name -> classes.stream().anyMatch(name::startsWith));
  }
}
