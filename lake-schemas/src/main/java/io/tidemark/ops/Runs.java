package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;

import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** {@code ops.runs}: how every run of every verb ended, since a cluster hands no exit codes on. */
public final class Runs {
  private final LakeTable table;

  Runs(LakeTable table) {
    this.table = table;
  }

  /**
   * How one run ended.
   *
   * @param id made by {@link #newId()}, and kept in whatever the run wrote
   * @param outcome one word
   * @param message what a person should know, if anything
   * @param airflowRun the run of an Airflow DAG that it belongs to
   */
  public record Run(
      String id,
      String verb,
      String pipeline,
      Instant startedAt,
      Instant endedAt,
      int exitCode,
      String outcome,
      Optional<String> message,
      Optional<String> airflowRun) {}

  public static String newId() {
    return UUID.randomUUID().toString();
  }

  public void append(SparkSession spark, Run run) {
    Row row =
        RowFactory.create(
            run.id(),
            run.verb(),
            run.pipeline(),
            Timestamp.from(run.startedAt()),
            Timestamp.from(run.endedAt()),
            run.exitCode(),
            run.outcome(),
            run.message().orElse(null),
            run.airflowRun().orElse(null));
    table.appendNext(spark, List.of(row), run.verb(), col("run").equalTo(run.id()));
  }

  /** The runs of a verb for a pipeline, in the columns of {@code ops.runs}. */
  public Dataset<Row> read(SparkSession spark, String verb, String pipeline) {
    return table
        .read(spark)
        .where(col("verb").equalTo(verb).and(col("pipeline").equalTo(pipeline)));
  }

  /** The same, in the order in which they ended. */
  public List<Run> list(SparkSession spark, String verb, String pipeline) {
    return read(spark, verb, pipeline).collectAsList().stream()
        .map(Runs::run)
        .sorted(Comparator.comparing(Run::endedAt))
        .toList();
  }

  private static Run run(Row row) {
    return new Run(
        row.getAs("run"),
        row.getAs("verb"),
        row.getAs("pipeline"),
        row.<Timestamp>getAs("started_at").toInstant(),
        row.<Timestamp>getAs("ended_at").toInstant(),
        row.getAs("exit_code"),
        row.getAs("outcome"),
        Optional.ofNullable(row.getAs("message")),
        Optional.ofNullable(row.getAs("airflow_run")));
  }
}
