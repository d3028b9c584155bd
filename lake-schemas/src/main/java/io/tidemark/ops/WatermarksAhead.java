package io.tidemark.ops;

import static java.util.stream.Collectors.groupingBy;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.unix_micros;

import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.function.Predicate;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** When the watermark of a view was further ahead of the clock than events may be. */
record WatermarksAhead(Duration maxFuture) {

  /**
   * By view; one whose watermark never was is absent.
   *
   * @param refreshes rows of {@code ops.refreshes}
   */
  Map<String, List<SealValidity.Period>> of(SparkSession spark, PipelineRows refreshes) {
    long micros = TimeUnit.MILLISECONDS.toMicros(maxFuture.toMillis());
    Column ahead =
        col("ahead_at")
            .isNull()
            .and(unix_micros(col("watermark")).gt(unix_micros(col("refreshed_at")).plus(micros)));
    List<Row> batches =
        refreshes.read(
            spark,
            // The first batch of each checkpoint, and the first that was ahead.
            all ->
                all.groupBy(col("view"), col("checkpoint"), ahead)
                    .agg(min_by(struct("*"), col("refreshed_at")).as("first"))
                    .select("first.*"));
    Map<String, List<Row>> byView = batches.stream().collect(groupingBy(row -> row.getAs("view")));
    Map<String, List<SealValidity.Period>> periods = new HashMap<>();
    byView.forEach(
        (view, ofView) -> {
          List<SealValidity.Period> found = periods(ofView);
          if (!found.isEmpty()) {
            periods.put(view, found);
          }
        });
    return periods;
  }

  private List<SealValidity.Period> periods(List<Row> batches) {
    Collection<Instant> begun = first(batches, batch -> true).values();
    return first(batches, this::isAhead).values().stream()
        .map(
            from ->
                new SealValidity.Period(
                    from,
                    begun.stream()
                        .filter(from::isBefore)
                        .min(Comparator.naturalOrder())
                        .orElse(Instant.MAX)))
        .toList();
  }

  /** When such a batch was first written, by its checkpoint. */
  private static Map<String, Instant> first(List<Row> batches, Predicate<Row> such) {
    Map<String, Instant> first = new HashMap<>();
    batches.stream()
        .filter(such)
        .forEach(
            batch ->
                first.merge(
                    batch.getAs("checkpoint"),
                    batch.<Timestamp>getAs("refreshed_at").toInstant(),
                    BinaryOperator.minBy(Comparator.naturalOrder())));
    return first;
  }

  private boolean isAhead(Row batch) {
    return batch.getAs("ahead_at") == null
        && batch
            .<Timestamp>getAs("watermark")
            .toInstant()
            .isAfter(
                batch
                    .<Timestamp>getAs("refreshed_at")
                    .toInstant()
                    .plusMillis(maxFuture.toMillis()));
  }
}
