package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;

import io.tidemark.table.LakeTable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** {@code ops.maintenance}: what was done to keep tables fast and small. */
public final class MaintenanceLog {
  /** The outcome of an action that did what it was for. */
  public static final String DONE = "done";

  public static final String FAILED = "failed";

  private final MadeOnUse table;

  MaintenanceLog(MadeOnUse table) {
    this.table = table;
  }

  /**
   * One action.
   *
   * @param date that it is about, if it is about one
   * @param before how many there were of what was to become fewer; null if that is unknown
   * @param after how many there are now
   * @param message what a person should know, if anything
   */
  public record Action(
      String pipeline,
      String table,
      String action,
      Optional<LocalDate> date,
      String outcome,
      String reason,
      Long before,
      Long after,
      Optional<String> message,
      String run,
      Instant startedAt,
      Instant endedAt) {}

  /** Keeps what one run did to a table. */
  public void append(SparkSession spark, List<Action> actions) {
    if (actions.isEmpty()) {
      return;
    }
    Action first = actions.get(0);
    LakeTable made = table.make();
    made.appendNext(
        spark,
        actions.stream().map(MaintenanceLog::row).toList(),
        first.pipeline() + ".maintain",
        col("run")
            .equalTo(first.run())
            .and(col("table_name").equalTo(first.table()))
            .and(col("started_at").equalTo(Timestamp.from(first.startedAt()))));
  }

  /** When an action was last done for each table, by its name. */
  public Map<String, Instant> last(SparkSession spark, String action) {
    Map<String, Instant> last = new HashMap<>();
    table
        .find()
        .ifPresent(
            present ->
                present
                    .read(spark)
                    .where(col("action").equalTo(action).and(col("outcome").equalTo(DONE)))
                    .groupBy("table_name")
                    .agg(max("ended_at"))
                    .collectAsList()
                    .forEach(row -> last.put(row.getString(0), row.getTimestamp(1).toInstant())));
    return last;
  }

  private static Row row(Action action) {
    return RowFactory.create(
        action.pipeline(),
        action.table(),
        action.action(),
        action.date().map(Date::valueOf).orElse(null),
        action.outcome(),
        action.reason(),
        action.before(),
        action.after(),
        action.message().orElse(null),
        action.run(),
        Timestamp.from(action.startedAt()),
        Timestamp.from(action.endedAt()));
  }
}
