package io.tidemark.ops;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.lag;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BinaryOperator;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.expressions.Window;

/**
 * {@code ops.refreshes}: which landing batches each refresh of a view read, and what it dropped.
 */
public final class Refreshes {
  private static final Comparator<Row> IN_TIME =
      comparing((Row row) -> row.<Timestamp>getAs("refreshed_at"))
          .thenComparing(row -> row.<Long>getAs("batch"));

  private final LakeTable table;

  Refreshes(LakeTable table) {
    this.table = table;
  }

  /**
   * @return false, and nothing changes, if the batch is there already
   */
  public boolean append(
      SparkSession spark, String pipeline, String view, RefreshedBatch refreshed) {
    Row row =
        RowFactory.create(
            pipeline,
            view,
            refreshed.checkpoint(),
            refreshed.batch(),
            Cells.ofNumber(refreshed.landedFrom()),
            Cells.ofNumber(refreshed.landedThrough()),
            refreshed.lateAt().map(Timestamp::from).orElse(null),
            Timestamp.from(refreshed.watermark()),
            refreshed.rows(),
            refreshed.sealedRows(),
            Timestamp.from(refreshed.refreshedAt()),
            refreshed.aheadAt().map(Timestamp::from).orElse(null),
            refreshed.viewVersion().orElse(null),
            refreshed.newestEvent().map(Timestamp::from).orElse(null),
            Cells.ofNumber(refreshed.late()));
    return table.append(spark, List.of(row), refreshed.commit(pipeline, view));
  }

  /** The last batch of each view's refresh, by view; one that never ran is absent. */
  public Map<String, RefreshedBatch> last(SparkSession spark, String pipeline) {
    Map<String, Row> last = new HashMap<>();
    new PipelineRows(table, pipeline)
        .read(
            spark,
            all ->
                all.groupBy("view")
                    .agg(max_by(struct("*"), struct("refreshed_at", "batch")).as("last"))
                    .select("last.*"))
        .forEach(row -> last.merge(row.getAs("view"), row, BinaryOperator.maxBy(IN_TIME)));
    return last.entrySet().stream()
        .collect(toMap(Map.Entry::getKey, of -> refreshed(of.getValue())));
  }

  /**
   * What a view's stream has not counted since it began.
   *
   * @param late deliveries that it dropped as late, of batches that have counted them
   * @param sealedRows rows that it did not write because their date is sealed
   */
  public record NotCounted(long late, long sealedRows) {}

  /** By view, each since it began with the checkpoint of its last batch. */
  public Map<String, NotCounted> notCounted(SparkSession spark, String pipeline) {
    List<Row> rows =
        new PipelineRows(table, pipeline)
            .read(
                spark,
                all ->
                    all.groupBy("view", "checkpoint")
                        .agg(
                            max(struct("refreshed_at", "batch")).as("last"),
                            sum("late").as("late"),
                            sum("sealed_rows").as("sealed_rows"))
                        .select("view", "checkpoint", "last.*", "late", "sealed_rows"));
    Map<String, List<Row>> byView = rows.stream().collect(groupingBy(row -> row.getAs("view")));
    Map<String, NotCounted> notCounted = new HashMap<>();
    byView.forEach((view, batches) -> notCounted.put(view, notCounted(batches)));
    return notCounted;
  }

  private static NotCounted notCounted(List<Row> batches) {
    String checkpoint = Collections.max(batches, IN_TIME).getAs("checkpoint");
    NotCounted sum = new NotCounted(0, 0);
    for (Row batch : batches) {
      if (batch.getAs("checkpoint").equals(checkpoint)) {
        sum =
            new NotCounted(
                sum.late() + Cells.number(batch.getAs("late")).orElse(0),
                sum.sealedRows() + batch.<Long>getAs("sealed_rows"));
      }
    }
    return sum;
  }

  /**
   * How far a view's refresh has read.
   *
   * @param through the last landing batch, empty if it has read none
   * @param byOthers whether some of it was read by another version of the view
   */
  public record Reading(OptionalLong through, boolean byOthers) {}

  /**
   * @param viewVersions what the view as it is now is called
   */
  public Reading reading(
      SparkSession spark, String pipeline, String view, Collection<String> viewVersions) {
    Row read =
        of(spark, pipeline, view)
            .agg(
                max("landed_through"),
                count_if(not(col("view_version").isInCollection(viewVersions))))
            .head();
    return new Reading(Cells.number(read.getAs(0)), read.getLong(1) > 0);
  }

  /**
   * What the view's refresh dropped of some landing batches, from one to another: {@code
   * landed_batch, late_at, ahead_at}, one row per landing batch that it read. If several
   * checkpoints read it, the last reading counts: it overwrote the others' rows. Null means that
   * nothing was dropped. Beside them stand {@code view_version}, the SQL that read it, and {@code
   * refresh}, the batch that did: {@code refreshed_at, batch, checkpoint}.
   */
  public Dataset<Row> lateAt(
      SparkSession spark, String pipeline, String view, long from, long through) {
    return of(spark, pipeline, view)
        .where(col("landed_from").leq(through).and(col("landed_through").geq(from)))
        .select(
            explode(
                    sequence(
                        greatest(col("landed_from"), lit(from)),
                        least(col("landed_through"), lit(through))))
                .as("landed_batch"),
            col("late_at"),
            col("ahead_at"),
            col("view_version"),
            struct("refreshed_at", "batch", "checkpoint").as("refresh"))
        .groupBy("landed_batch")
        .agg(
            max_by(struct("late_at", "ahead_at", "view_version", "refresh"), col("refresh"))
                .as("last"))
        .select("landed_batch", "last.*");
  }

  /**
   * Each batch of the view's refresh, {@code checkpoint, batch}, with {@code late_before}: what the
   * batch before it dropped by, which is also the watermark that it forgot event ids by.
   */
  public Dataset<Row> lateBefore(SparkSession spark, String pipeline, String view) {
    var inCheckpoint = Window.partitionBy("checkpoint").orderBy("batch");
    return of(spark, pipeline, view)
        .select(
            col("checkpoint"),
            col("batch"),
            lag(col("late_at"), 1).over(inCheckpoint).as("late_before"));
  }

  /** One batch of a view's refresh. */
  public record Refresh(String checkpoint, long batch) {}

  /**
   * When batches of the view's refresh can have begun at the earliest: when the batch before was
   * written. The first batch of a checkpoint is absent.
   */
  public Map<Refresh, Instant> begunAfter(
      SparkSession spark, String pipeline, String view, Collection<Refresh> batches) {
    List<String> before =
        batches.stream().map(of -> of.checkpoint() + "@" + (of.batch() - 1)).distinct().toList();
    return of(spark, pipeline, view)
        .where(concat_ws("@", col("checkpoint"), col("batch")).isInCollection(before))
        .groupBy("checkpoint", "batch")
        .agg(min("refreshed_at"))
        .collectAsList()
        .stream()
        .collect(
            toMap(
                row -> new Refresh(row.getString(0), row.getLong(1) + 1),
                row -> row.getTimestamp(2).toInstant()));
  }

  /**
   * While the watermark of each view was ahead of the clock, by view, as it could be before
   * refreshes looked at one. That ends with the first batch of another checkpoint.
   */
  public Map<String, List<SealValidity.Period>> ahead(
      SparkSession spark, String pipeline, Duration maxFuture) {
    return new WatermarksAhead(maxFuture).of(spark, new PipelineRows(table, pipeline));
  }

  private Dataset<Row> of(SparkSession spark, String pipeline, String view) {
    return table
        .read(spark)
        .where(col("pipeline").equalTo(pipeline).and(col("view").equalTo(view)));
  }

  private static RefreshedBatch refreshed(Row row) {
    return new RefreshedBatch(
        row.getAs("checkpoint"),
        row.<Long>getAs("batch"),
        Cells.number(row.getAs("landed_from")),
        Cells.number(row.getAs("landed_through")),
        Optional.ofNullable(row.<Timestamp>getAs("late_at")).map(Timestamp::toInstant),
        Optional.ofNullable(row.<Timestamp>getAs("ahead_at")).map(Timestamp::toInstant),
        row.<Timestamp>getAs("watermark").toInstant(),
        row.<Long>getAs("rows"),
        row.<Long>getAs("sealed_rows"),
        row.<Timestamp>getAs("refreshed_at").toInstant(),
        Optional.ofNullable(row.getAs("view_version")),
        Optional.ofNullable(row.<Timestamp>getAs("newest_event")).map(Timestamp::toInstant),
        Cells.number(row.getAs("late")));
  }
}
