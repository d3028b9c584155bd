package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;

import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Clock;
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

  /** Of a run, kept in whatever it writes. */
  public static String newId() {
    return UUID.randomUUID().toString();
  }

  /**
   * A run that begins now, and is appended when it ends.
   *
   * @param airflowRun the run of a DAG that asks for it
   */
  public VerbRun begin(
      SparkSession spark, String verb, String pipeline, Clock clock, Optional<String> airflowRun) {
    return VerbRun.begin(verb, pipeline, clock, airflowRun, ended -> append(spark, ended));
  }

  public void append(SparkSession spark, EndedRun run) {
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
  public List<EndedRun> list(SparkSession spark, String verb, String pipeline) {
    return read(spark, verb, pipeline).collectAsList().stream()
        .map(Runs::run)
        .sorted(Comparator.comparing(EndedRun::endedAt))
        .toList();
  }

  private static EndedRun run(Row row) {
    return new EndedRun(
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
