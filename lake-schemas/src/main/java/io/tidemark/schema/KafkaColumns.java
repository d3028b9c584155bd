package io.tidemark.schema;

import java.io.Serializable;
import java.util.Arrays;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/** Where the columns are that Spark's Kafka source gives a record. */
public record KafkaColumns(
    int value, int topic, int partition, int offset, int timestamp, int timestampType)
    implements Serializable {
  /** What Kafka calls a timestamp that the producer gave. */
  static final int CREATE_TIME = 0;

  private static final int LOG_APPEND_TIME = 1;
  private static final int ABSENT = -1;

  /**
   * @param records may lack {@code timestampType}: then producers gave the timestamps
   */
  public static KafkaColumns of(StructType records) {
    return new KafkaColumns(
        records.fieldIndex("value"),
        records.fieldIndex("topic"),
        records.fieldIndex("partition"),
        records.fieldIndex("offset"),
        records.fieldIndex("timestamp"),
        Arrays.asList(records.fieldNames()).indexOf("timestampType"));
  }

  boolean saysTimestampType() {
    return timestampType != ABSENT;
  }

  /** Whether the broker gave the record its timestamp, when it arrived. */
  public boolean isBrokersClock(InternalRow record) {
    return saysTimestampType() && isBrokersClock(record.getInt(timestampType));
  }

  static boolean isBrokersClock(int timestampType) {
    return timestampType == LOG_APPEND_TIME;
  }
}
