package io.tidemark.reconcile;

import static io.tidemark.reconcile.Sides.BATCH;
import static io.tidemark.reconcile.Sides.STREAM;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.tidemark.schema.EventColumns;
import io.tidemark.view.DeliveryOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;

/** Why rows of a view differ from their recomputation. */
final class Explanation {
  /** The recomputation less the deliveries that the stream dropped. */
  private static final String IN_TIME = "in_time";

  /** The same, but counting the last delivery of each event id instead of the first. */
  private static final String LAST_IN_TIME = "last_in_time";

  /** The pseudo-column that counts the rows of a key, where a side lacks it or has it twice. */
  private static final String ROWS = "*";

  private Explanation() {}

  /**
   * The divergent keys: {@code date, key}, both sides, and {@code cause}. It is late if the SQL
   * over all but the deliveries that the stream dropped, and no seal has counted, gives the
   * stream's row, and duplicate if it does so once conflicting deliveries of an id are chosen the
   * other way round. Both are proofs: whatever they do not reproduce stays unexplained.
   *
   * @param marked the events that count on these dates, see {@link Deliveries#marked}
   * @param conflicts whether any deliveries of an id differ
   * @param dates the divergent ones
   */
  static Dataset<Row> of(
      Recomputation recomputation,
      Dataset<Row> stream,
      Dataset<Row> truth,
      Dataset<Row> marked,
      boolean conflicts,
      List<Proven> dates) {
    Map<String, Dataset<Row>> sides = new LinkedHashMap<>();
    sides.put(STREAM, stream);
    sides.put(BATCH, truth);
    sides.put(IN_TIME, rows(recomputation, dates, date -> Deliveries.counted(marked, date)));
    Column cause = when(Sides.agree(STREAM, IN_TIME), Cause.LATE.text());
    if (conflicts) {
      sides.put(
          LAST_IN_TIME,
          rows(recomputation, dates, date -> DeliveryOrder.last(Deliveries.counted(marked, date))));
      cause = cause.when(Sides.agree(STREAM, LAST_IN_TIME), Cause.DUPLICATE.text());
    }
    return Sides.align(recomputation.view().definition().key(), sides)
        .where(not(Sides.agree(STREAM, BATCH)))
        .withColumn("cause", cause.otherwise(Cause.UNEXPLAINED.text()));
  }

  private static Dataset<Row> rows(
      Recomputation recomputation, List<Proven> dates, Function<Proven, Dataset<Row>> counted) {
    return dates.stream()
        .map(some -> recomputation.rows(counted.apply(some), some.dates()))
        .reduce(Dataset::union)
        .orElseThrow();
  }

  /** One row per divergent key and column, as {@code ops.drift} keeps them but for the run. */
  static Dataset<Row> byColumn(Dataset<Row> explained, List<String> values) {
    List<Column> columns = new ArrayList<>();
    columns.add(side(ROWS, col("stream_rows"), col("batch_rows")));
    for (String name : values) {
      columns.add(side(name, col(STREAM).getField(name), col(BATCH).getField(name)));
    }
    return explained
        .select(
            col(EventColumns.DATE),
            to_json(col("key"), Contents.WHOLE).as("key"),
            col("cause"),
            explode(array(columns.toArray(Column[]::new))).as("side"))
        .where(not(col("side.equal")))
        .select("date", "key", "cause", "side.column", "side.stream_value", "side.batch_value");
  }

  private static Column side(String name, Column stream, Column batch) {
    return struct(
        lit(name).as("column"),
        stream.cast(DataTypes.StringType).as("stream_value"),
        batch.cast(DataTypes.StringType).as("batch_value"),
        stream.eqNullSafe(batch).as("equal"));
  }
}
