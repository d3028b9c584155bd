package io.tidemark.local.replay;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.get;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.timestamp_millis;
import static org.apache.spark.sql.functions.unix_millis;
import static org.apache.spark.sql.functions.when;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.schema.EventColumns;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Mapped records as they are delivered: encoded, with all their trouble, by time of arrival.
 *
 * @param limit bytes of the largest record that can be sent
 */
record Deliveries(RecordEncoding encoding, Trouble trouble, int limit) {
  static final String KIND = "_kind";
  static final String DELAYED = "_delayed";
  static final String VALUE = "_value";

  /** Milliseconds since the epoch, as the record's timestamp. */
  static final String ARRIVAL = "_arrival";

  private static final String DELIVERY = "_delivery";
  private static final String SOUND = "_sound";

  /** Enough that none is too large to be fetched at once, few enough to start soon. */
  private static final int RANGES = 8;

  /** Bytes that a batch and a record take beside the record's key and value. */
  private static final int OVERHEAD = 90 + Origin.OVERHEAD;

  private static final Duration MONTH = Duration.ofDays(31);

  private static final List<String> CORRUPTIONS =
      Arrays.stream(DeliveryKind.values())
          .filter(DeliveryKind::isCorrupt)
          .map(DeliveryKind::name)
          .toList();

  /** Records with a problem come first, so that nothing is sent before one is found. */
  private static final Column[] ORDER = {
    col(RecordMapping.PROBLEM).isNull(),
    when(col(RecordMapping.PROBLEM).isNotNull(), col(RecordFile.POSITION)),
    col(ARRIVAL),
    col(RecordFile.POSITION),
    col(KIND)
  };

  /**
   * @param records as {@link RecordMapping} makes them
   */
  Dataset<Row> of(Dataset<Row> records) {
    return records
        .withColumn(
            DELIVERY, explode(encoding.hasEnvelope() ? eventAndItsTrouble() : recordAlone()))
        .select(col("*"), col(DELIVERY + ".*"))
        // Here and not in the array: a function over an array is not compiled.
        .where(col(KIND).isNotNull())
        .withColumn(SOUND, sound())
        .select(
            col(RecordFile.LINE),
            col(RecordFile.POSITION),
            col(RecordMapping.PROBLEM),
            col(RecordMapping.KEY).cast("binary").as(RecordMapping.KEY),
            col(KIND),
            col(ARRIVAL),
            col(DELAYED),
            encoding.as(col(KIND), col(SOUND)).as(VALUE))
        .withColumn(
            RecordMapping.PROBLEM, coalesce(col(RecordMapping.PROBLEM), tooEarly(), tooLarge()))
        // To choose ranges takes a pass of its own: what cannot be encoded fails before any is
        // sent.
        .repartitionByRange(RANGES, ORDER)
        .sortWithinPartitions(ORDER);
  }

  private static Column tooEarly() {
    return when(
        col(ARRIVAL).lt(0),
        lit("the record arrives before 1970, for which Kafka has no timestamp. Correct the line"));
  }

  private Column tooLarge() {
    Column size =
        coalesce(length(col(VALUE)), lit(0))
            .plus(coalesce(length(col(RecordMapping.KEY)), lit(0)))
            .plus(OVERHEAD);
    return when(
        size.gt(limit),
        format_string(
            "the record has %,d bytes, key and headers included, and one of %,d can be sent."
                + " Shorten the line, or raise max.message.bytes of the topic (and"
                + " max.request.size, if the environment file has it)",
            size, lit(limit)));
  }

  /** A record of which nothing says when it arrives does so now. */
  private static Column recordAlone() {
    Column arrival = coalesce(arrived(), lit(System.currentTimeMillis()));
    return array(delivery(lit(DeliveryKind.EVENT.name()), arrival, lit(false)));
  }

  private static Column arrived() {
    return unix_millis(col(RecordMapping.ARRIVED));
  }

  private Column eventAndItsTrouble() {
    Column id = col(EventColumns.EVENT_ID);
    Column isDelayed = trouble.delayed().has(trouble.chance("delayed", id));
    Column delay = when(isDelayed, Delays.millis(trouble.chance("delay", id))).otherwise(lit(0L));
    Column arrival = arrived().plus(delay);
    Column pause = Delays.millis(trouble.chance("pause", id));
    return array(
        delivery(lit(DeliveryKind.EVENT.name()), arrival, isDelayed),
        when(
            trouble.duplicates().has(trouble.chance("duplicate", id)),
            delivery(lit(DeliveryKind.DUPLICATE.name()), arrival.plus(pause), lit(false))),
        when(
            trouble.future().has(trouble.chance("future", id)),
            delivery(lit(DeliveryKind.FUTURE_DATED.name()), arrival, lit(false))),
        when(
            trouble.corrupt().has(trouble.chance("corrupt", id)),
            delivery(corruption(trouble.chance("corruption", id)), arrival, lit(false))));
  }

  private static Column corruption(Column chance) {
    Column[] kinds = CORRUPTIONS.stream().map(kind -> lit(kind)).toArray(Column[]::new);
    return get(array(kinds), chance.multiply(kinds.length).cast("int"));
  }

  private static Column delivery(Column kind, Column arrival, Column delayed) {
    return struct(kind.as(KIND), arrival.as(ARRIVAL), delayed.as(DELAYED));
  }

  /**
   * What comes beside the good events has ids of its own, and what is future-dated its own time.
   */
  private Column sound() {
    if (!encoding.hasEnvelope() || trouble.isNone()) {
      return encoding.sound(Map.of());
    }
    Column isFuture = col(KIND).equalTo(DeliveryKind.FUTURE_DATED.name());
    Column id = col(EventColumns.EVENT_ID);
    Column ownId =
        when(isFuture, concat(id, lit("-future")))
            .when(col(KIND).isInCollection(CORRUPTIONS), concat(id, lit("-corrupt")))
            .otherwise(id);
    Column time =
        when(isFuture, timestamp_millis(col(ARRIVAL).plus(MONTH.toMillis())))
            .otherwise(col(EventColumns.EVENT_TIME));
    return encoding.sound(Map.of(EventColumns.EVENT_ID, ownId, EventColumns.EVENT_TIME, time));
  }
}
