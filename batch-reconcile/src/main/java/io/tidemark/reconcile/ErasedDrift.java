package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import io.tidemark.ops.DriftLog;
import io.tidemark.ops.Seal;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.DateRun;
import io.tidemark.status.ViewFinality;
import java.time.LocalDate;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Drift as it may be kept, of dates from which events were erased. */
final class ErasedDrift {
  private ErasedDrift() {}

  /**
   * Takes out what the stream may have made of erased events. It has made nothing of them where the
   * row is proven to be what it makes of others.
   *
   * @param drift {@code date, key, cause, stream_value, batch_value}, and others
   */
  static Dataset<Row> unsaid(Dataset<Row> drift, ViewFinality finality) {
    if (finality.inputs().events().edits().erased().isEmpty()) {
      return drift;
    }
    List<LocalDate> erased =
        drift.select(EventColumns.DATE).distinct().collectAsList().stream()
            .map(row -> row.getDate(0).toLocalDate())
            .filter(date -> isErased(date, finality))
            .toList();
    if (erased.isEmpty()) {
      return drift;
    }
    Column isSaid =
        not(DateRun.holds(col(EventColumns.DATE), DateRun.of(erased)))
            .or(col("cause").isin(Cause.LATE.text(), Cause.REPLAYED.text()));
    return drift
        .withColumn("key", when(isSaid, col("key")).otherwise(DriftLog.ERASED))
        .withColumn("stream_value", when(isSaid, col("stream_value")))
        .withColumn("batch_value", when(isSaid, col("batch_value")));
  }

  private static boolean isErased(LocalDate date, ViewFinality finality) {
    Seal seal = finality.seals().get(date);
    OptionalLong look = seal == null ? OptionalLong.empty() : seal.editsThrough();
    return finality.inputs().isErased(date, finality.window(), look);
  }
}
