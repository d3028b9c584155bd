package io.tidemark.schema;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.when;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/** Where the columns are that Spark's Kafka source gives a record. */
public record KafkaColumns(
    int value, int topic, int partition, int offset, int timestamp, int timestampType, int headers)
    implements Serializable {
  static final String TIMESTAMP_TYPE = "timestampType";
  public static final String HEADERS = "headers";

  /** What Kafka calls a timestamp that the producer gave. */
  static final int CREATE_TIME = 0;

  private static final int LOG_APPEND_TIME = 1;
  private static final int ABSENT = -1;

  /**
   * @param records may lack {@code timestampType}: then producers gave the timestamps; and {@code
   *     headers}
   */
  public static KafkaColumns of(StructType records) {
    return new KafkaColumns(
        records.fieldIndex("value"),
        records.fieldIndex("topic"),
        records.fieldIndex("partition"),
        records.fieldIndex("offset"),
        records.fieldIndex("timestamp"),
        Arrays.asList(records.fieldNames()).indexOf(TIMESTAMP_TYPE),
        Arrays.asList(records.fieldNames()).indexOf(HEADERS));
  }

  boolean saysTimestampType() {
    return timestampType != ABSENT;
  }

  public boolean hasHeaders() {
    return headers != ABSENT;
  }

  /** Whether the broker gave the record its timestamp, when it arrived. */
  public boolean isBrokersClock(InternalRow record) {
    return saysTimestampType() && isBrokersClock(record.getInt(timestampType));
  }

  /** Kafka's name of who gave the record its timestamp; null if the record does not say. */
  public String timestampTypeName(InternalRow record) {
    return saysTimestampType() ? name(isBrokersClock(record)) : null;
  }

  /** The same as a column. */
  public Column timestampTypeName() {
    return saysTimestampType()
        ? when(col(TIMESTAMP_TYPE).equalTo(LOG_APPEND_TIME), name(true)).otherwise(name(false))
        : lit(null);
  }

  /** What {@link #timestampTypeName} was made of; a null was the producer's. */
  public static Column timestampType(Column name) {
    return when(name.equalTo(name(true)), LOG_APPEND_TIME)
        .otherwise(CREATE_TIME)
        .as(TIMESTAMP_TYPE);
  }

  private static String name(boolean isBrokersClock) {
    return isBrokersClock ? "LogAppendTime" : "CreateTime";
  }

  static boolean isBrokersClock(int timestampType) {
    return timestampType == LOG_APPEND_TIME;
  }
}
