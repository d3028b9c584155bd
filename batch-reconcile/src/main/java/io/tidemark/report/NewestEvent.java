package io.tidemark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.LandingQuery;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/**
 * The newest event of a table, by its own time. Which date has it is in the table's metadata. A
 * date of a running stream has a file of every landing, and what the files say of their rows keeps
 * all but a few of them closed.
 *
 * @param query the one that lands in the table
 * @param few so many landings are read sooner than two queries are planned
 */
record NewestEvent(SparkSession spark, LakeTable events, String query, long few) {
  private static final long FEW_LANDINGS = 100;

  /**
   * @param name of the events table
   */
  static NewestEvent of(SparkSession spark, PipelineTables tables, String name) {
    String query = new LandingQuery(tables.pipeline().name(), name).stream();
    return new NewestEvent(spark, tables.events().get(name), query, FEW_LANDINGS);
  }

  /** The time of the newest event, or empty if the table has no rows. */
  Optional<Instant> find() {
    SortedMap<LocalDate, Long> counts = events.countsByDate();
    if (counts.isEmpty()) {
      return Optional.empty();
    }
    Column lastDate = col(EventColumns.DATE).equalTo(lit(Date.valueOf(counts.lastKey())));
    OptionalLong last = lastLanding();
    if (last.isPresent() && last.getAsLong() > few) {
      Optional<Instant> recent =
          newest(lastDate.and(col(EventColumns.LANDED_BATCH).gt(last.getAsLong() - few)));
      if (recent.isPresent()) {
        // Only files whose latest event is at least this new are opened.
        return newest(lastDate.and(col(EventColumns.EVENT_TIME).geq(lit(recent.get()))))
            .or(() -> recent);
      }
    }
    return newest(lastDate);
  }

  private OptionalLong lastLanding() {
    OptionalLong batch = events.lastBatch(query);
    if (batch.isEmpty()) {
      return batch;
    }
    // Earlier versions took the batch for the number.
    long last = batch.getAsLong();
    return OptionalLong.of(events.number(new Commit(query, last)).orElse(last));
  }

  private Optional<Instant> newest(Column where) {
    return Optional.ofNullable(
            events
                .read(spark)
                .where(where)
                .agg(max(EventColumns.EVENT_TIME))
                .head()
                .getTimestamp(0))
        .map(Timestamp::toInstant);
  }
}
