package io.tidemark.reconcile;

import static io.tidemark.reconcile.AlignedRows.BATCH;
import static io.tidemark.reconcile.AlignedRows.STREAM;
import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.tidemark.reconcile.counted.SealedLandings;
import io.tidemark.reconcile.counted.StreamCount;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.DateRun;
import io.tidemark.status.Recomputation;
import io.tidemark.status.RowContent;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
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
  static final String CAUSE = "cause";

  /** The recomputation less the deliveries that the stream dropped. */
  private static final String IN_TIME = "in_time";

  /** The recomputation less those of them that were dead letters before. */
  private static final String UNREPLAYED = "unreplayed";

  /** The pseudo-column that counts the rows of a key, where a side lacks it or has it twice. */
  private static final String ROWS = "*";

  private Explanation() {}

  /**
   * The divergent keys: {@code date, key}, both sides, and {@code cause}. It is late if the SQL
   * over all but the deliveries that the stream dropped, and no seal has counted, gives the
   * stream's row: a proof. It is replayed if of these deliveries only those need to be left out
   * that were dead letters before. Of the others, those of some dates have what these changed for a
   * cause, and the rest is unexplained.
   *
   * @param marked the deliveries near these dates, see {@link StreamCount#marked}
   * @param hasReplayed whether some of them were dead letters before
   * @param dates the divergent ones
   * @param changes dates whose rows were made from something else, by what it was
   */
  static Dataset<Row> of(
      Recomputation recomputation,
      Dataset<Row> stream,
      Dataset<Row> truth,
      Dataset<Row> marked,
      boolean hasReplayed,
      List<SealedLandings> dates,
      Map<Cause, ? extends Collection<LocalDate>> changes) {
    List<LocalDate> all = dates.stream().flatMap(some -> some.dates().stream()).toList();
    Dataset<Row> counting =
        StreamCount.counting(marked, recomputation.view()).where(recomputation.reached(all));
    Map<String, Dataset<Row>> sides = new LinkedHashMap<>();
    sides.put(STREAM, stream);
    sides.put(BATCH, truth);
    sides.put(IN_TIME, rows(recomputation, dates, some -> StreamCount.counted(counting, some)));
    Column late = AlignedRows.agree(STREAM, IN_TIME);
    Column cause = when(late, Cause.LATE.text());
    if (hasReplayed) {
      sides.put(
          UNREPLAYED,
          rows(
              recomputation,
              dates,
              some ->
                  StreamCount.unreplayed(marked, recomputation.view(), some)
                      .where(recomputation.reached(all))));
      cause =
          when(AlignedRows.agree(STREAM, UNREPLAYED), Cause.REPLAYED.text())
              .when(late, Cause.LATE.text());
    }
    for (var change : changes.entrySet()) {
      Column changed = DateRun.holds(col(EventColumns.DATE), DateRun.of(change.getValue()));
      cause = cause.when(changed, change.getKey().text());
    }
    return AlignedRows.align(recomputation.view().definition().key(), sides)
        .where(not(AlignedRows.agree(STREAM, BATCH)))
        .withColumn(CAUSE, cause.otherwise(Cause.UNEXPLAINED.text()));
  }

  private static Dataset<Row> rows(
      Recomputation recomputation,
      List<SealedLandings> dates,
      Function<SealedLandings, Dataset<Row>> deliveries) {
    return dates.stream()
        .map(some -> recomputation.rows(deliveries.apply(some), some.dates()))
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
            to_json(col("key"), RowContent.WHOLE).as("key"),
            col(CAUSE),
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
