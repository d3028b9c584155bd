package io.tidemark.local.replay;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.timestamp_millis;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.when;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.schema.EventColumns;
import java.time.Duration;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Mapped records as they are delivered: encoded, with all their trouble, by time of arrival. */
record Deliveries(RecordEncoding encoding, Trouble trouble) {
  static final String KIND = "kind";
  static final String DELAYED = "delayed";
  static final String VALUE = "value";

  /** Milliseconds since the epoch, as the record's timestamp. */
  static final String ARRIVAL = "arrival";

  /** Enough that none is too large to be fetched at once, few enough to start soon. */
  private static final int RANGES = 8;

  private static final Duration MONTH = Duration.ofDays(31);

  /** Records with a problem come first, so that nothing is sent before one is found. */
  private static final Column[] ORDER = {
    col(RecordMapping.PROBLEM).isNull(), col(ARRIVAL), col(RecordFile.POSITION), col(KIND)
  };

  /**
   * @param records as {@link RecordMapping} makes them
   */
  Dataset<Row> of(Dataset<Row> records) {
    return records
        .select(
            col(RecordFile.POSITION),
            col(RecordMapping.PROBLEM),
            col(RecordMapping.KEY).cast("binary").as(RecordMapping.KEY),
            explode(encoding.hasEnvelope() ? eventAndItsTrouble() : recordAlone()).as("delivery"))
        .select(
            col(RecordFile.POSITION),
            col(RecordMapping.PROBLEM),
            col(RecordMapping.KEY),
            col("delivery.*"))
        // Here and not in the array: a function over an array is not compiled.
        .where(col(KIND).isNotNull())
        // To choose ranges takes a pass over the rows, which so reads them and does not make them.
        .repartition(RecordFile.PARTS, col(RecordFile.POSITION))
        .repartitionByRange(RANGES, ORDER)
        .sortWithinPartitions(ORDER);
  }

  /** A record without a time of its own arrives now. */
  private Column recordAlone() {
    return array(
        delivery(
            DeliveryKind.EVENT, lit(System.currentTimeMillis()), lit(false), encoding.value()));
  }

  private Column eventAndItsTrouble() {
    Column id = col(EventColumns.EVENT_ID);
    Column isDelayed = trouble.delayed().has(trouble.chance("delayed", id));
    Column delay = when(isDelayed, Delays.millis(trouble.chance("delay", id))).otherwise(lit(0L));
    Column arrival = unix_millis(col(EventColumns.EVENT_TIME)).plus(delay);
    Column pause = Delays.millis(trouble.chance("pause", id));
    return array(
        delivery(DeliveryKind.EVENT, arrival, isDelayed, encoding.value()),
        when(
            trouble.duplicates().has(trouble.chance("duplicate", id)),
            delivery(DeliveryKind.DUPLICATE, arrival.plus(pause), lit(false), encoding.value())),
        when(
            trouble.future().has(trouble.chance("future", id)),
            delivery(DeliveryKind.FUTURE_DATED, arrival, lit(false), futureDated(arrival))),
        when(trouble.corrupt().has(trouble.chance("corrupt", id)), corrupt(arrival)));
  }

  private Column futureDated(Column arrival) {
    return encoding.value("-future", timestamp_millis(arrival.plus(MONTH.toMillis())));
  }

  private Column corrupt(Column arrival) {
    Column kind = trouble.chance("corruption", col(EventColumns.EVENT_ID));
    Column chosen = corrupt(DeliveryKind.NULL_VALUE, arrival);
    int corruptions = DeliveryKind.values().length - DeliveryKind.BAD_MAGIC.ordinal();
    for (int i = 1; i < corruptions; i++) {
      DeliveryKind other = DeliveryKind.values()[DeliveryKind.BAD_MAGIC.ordinal() + i - 1];
      chosen =
          when(
                  kind.between((i - 1.0) / corruptions, (double) i / corruptions),
                  corrupt(other, arrival))
              .otherwise(chosen);
    }
    return chosen;
  }

  private Column corrupt(DeliveryKind kind, Column arrival) {
    return delivery(kind, arrival, lit(false), encoding.corrupt(kind));
  }

  private static Column delivery(DeliveryKind kind, Column arrival, Column delayed, Column value) {
    return struct(
        lit(kind.name()).as(KIND), arrival.as(ARRIVAL), delayed.as(DELAYED), value.as(VALUE));
  }
}
