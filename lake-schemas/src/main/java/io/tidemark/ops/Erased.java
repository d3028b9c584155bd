package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;

import io.tidemark.table.Commit;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * {@code ops.erased}: the place of every record that was erased. The row is written before the
 * record is deleted, so a record that is neither an event nor a dead letter is found here.
 */
public final class Erased {
  public static final String EVENT = "event";
  public static final String DEAD_LETTER = "dead-letter";

  private final MadeOnUse table;

  Erased(MadeOnUse table) {
    this.table = table;
  }

  /**
   * Who erases, and why.
   *
   * @param id stands in {@code ops.runs}, too
   */
  public record By(String id, String reason, String who, Instant at) {}

  /**
   * Writes what is about to be erased from an events table and its dead letters.
   *
   * @param places {@code was, topic, partition, offset, landed_batch, date}
   * @param events the full name of the table
   * @param commit the erasure, by whose batch it is called
   * @return false, and nothing changes, if the batch is there already
   */
  public boolean record(Dataset<Row> places, String pipeline, String events, By by, Commit commit) {
    Dataset<Row> rows =
        places
            .withColumn("pipeline", lit(pipeline))
            .withColumn("events", lit(events))
            .withColumn("number", lit(commit.batch()))
            .withColumn("run", lit(by.id()))
            .withColumn("reason", lit(by.reason()))
            .withColumn("erased_by", lit(by.who()))
            .withColumn("erased_at", lit(Timestamp.from(by.at())));
    return table.make().append(rows.select(columns()), commit);
  }

  private static Column[] columns() {
    return Arrays.stream(Operations.ERASED.columns().fieldNames())
        .map(name -> col("`" + name + "`"))
        .toArray(Column[]::new);
  }

  /** The number of the last erasure of an events table; empty if there was none. */
  public OptionalLong last(SparkSession spark, String pipeline, String events) {
    Optional<Dataset<Row>> of = of(spark, pipeline, events);
    if (of.isEmpty()) {
      return OptionalLong.empty();
    }
    Row last = of.get().agg(max("number")).head();
    return last.isNullAt(0) ? OptionalLong.empty() : OptionalLong.of(last.getLong(0));
  }

  /** What was erased from an events table and its dead letters; empty if nothing ever was. */
  public Optional<Dataset<Row>> of(SparkSession spark, String pipeline, String events) {
    return of(spark, pipeline).map(rows -> rows.where(col("events").equalTo(events)));
  }

  /** What was erased from all of a pipeline. */
  public Optional<Dataset<Row>> of(SparkSession spark, String pipeline) {
    return table
        .find()
        .map(present -> present.read(spark).where(col("pipeline").equalTo(pipeline)));
  }
}
