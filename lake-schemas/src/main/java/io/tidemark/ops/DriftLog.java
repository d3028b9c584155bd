package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min;

import io.tidemark.table.LakeTable;
import java.sql.Date;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** {@code ops.drift}: where views differed from their recomputation, and why. */
public final class DriftLog {
  /** Stands for the key of a row of which nothing may be told but that it differed. */
  public static final String ERASED = "erased";

  private static final StructType REDACTED =
      StructType.fromDDL(
          "pipeline STRING, view STRING, date DATE, run STRING, key STRING, stream_value STRING,"
              + " batch_value STRING");

  private final LakeTable table;

  DriftLog(LakeTable table) {
    this.table = table;
  }

  /**
   * @param drift rows of {@link Operations#DRIFT}, in any column order
   * @param run that has found it in a view
   * @param dates that all of it is on, which the run appends once
   */
  public void append(
      Dataset<Row> drift, String pipeline, String view, String run, Collection<LocalDate> dates) {
    table.appendNext(
        drift.selectExpr(Operations.DRIFT.columns().fieldNames()),
        pipeline + "." + view,
        col("run")
            .equalTo(run)
            .and(col("view").equalTo(view))
            .and(col("date").isin(dates.stream().map(Date::valueOf).toArray())));
  }

  /** Drift of one date that a run has found, and whose keys and values are there. */
  public record Found(LocalDate date, String run, Instant at) {}

  /** All such drift of a view. */
  public List<Found> shown(SparkSession spark, String pipeline, String view) {
    return table
        .read(spark)
        .where(
            col("pipeline")
                .equalTo(pipeline)
                .and(col("view").equalTo(view))
                .and(col("key").notEqual(ERASED)))
        .groupBy("date", "run")
        .agg(min("found_at"))
        .collectAsList()
        .stream()
        .map(
            row ->
                new Found(
                    row.getDate(0).toLocalDate(),
                    row.getString(1),
                    row.getTimestamp(2).toInstant()))
        .toList();
  }

  /** The same rows as {@link #redact} would leave them. */
  public static Dataset<Row> redacted(Dataset<Row> drift) {
    return drift
        .withColumn("key", lit(ERASED))
        .withColumn("stream_value", lit(null).cast("string"))
        .withColumn("batch_value", lit(null).cast("string"));
  }

  /** Keeps of such drift which columns differed, and why, but neither keys nor values. */
  public void redact(SparkSession spark, String pipeline, String view, List<Found> drift) {
    if (drift.isEmpty()) {
      return;
    }
    List<Row> values =
        drift.stream()
            .map(
                found ->
                    RowFactory.create(
                        pipeline,
                        view,
                        Date.valueOf(found.date()),
                        found.run(),
                        ERASED,
                        null,
                        null))
            .toList();
    table.update(
        spark.createDataFrame(values, REDACTED),
        List.of("pipeline", "view", "date", "run"),
        "present.key <> '%s'".formatted(ERASED));
  }

  /** All drift ever found. */
  public Dataset<Row> read(SparkSession spark) {
    return table.read(spark);
  }
}
