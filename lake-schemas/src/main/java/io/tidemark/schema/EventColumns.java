package io.tidemark.schema;

import io.tidemark.pipeline.Text;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.spark.sql.avro.SchemaConverters;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The columns of an events table: the record's own fields, then where and when it was delivered,
 * then its date.
 */
public final class EventColumns {
  public static final String EVENT_ID = "event_id";
  public static final String EVENT_TIME = "event_time";

  public static final String TOPIC = "_topic";

  /** Not {@code _partition}: Iceberg keeps that name for itself. */
  public static final String PARTITION = "_topic_partition";

  public static final String OFFSET = "_offset";
  public static final String TIMESTAMP = "_timestamp";
  public static final String LANDED_BATCH = "_landed_batch";
  public static final String SCHEMA_ID = "_schema_id";
  public static final String RESCUED = "_rescued";

  /** Who has landed the event, if that was not the stream. */
  public static final String LANDED_BY = "_landed_by";

  /** The UTC date of {@code event_time}; events tables are partitioned by it. */
  public static final String DATE = "date";

  private EventColumns() {}

  /** The Avro schema in a file. */
  public static Schema reader(Path file) {
    try {
      return new Schema.Parser().parse(Text.of(file));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the Avro schema " + file, e);
    }
  }

  /** The fields of a reader schema as columns. */
  public static StructType fields(Schema reader) {
    return (StructType) SchemaConverters.toSqlType(reader).dataType();
  }

  /** All columns of the events table of a reader schema. */
  public static StructType of(Schema reader) {
    return fields(reader)
        .add(TOPIC, DataTypes.StringType, false)
        .add(PARTITION, DataTypes.IntegerType, false)
        .add(OFFSET, DataTypes.LongType, false)
        .add(TIMESTAMP, DataTypes.TimestampType, false)
        .add(LANDED_BATCH, DataTypes.LongType, false)
        .add(SCHEMA_ID, DataTypes.IntegerType, false)
        .add(RESCUED, DataTypes.StringType, true)
        .add(LANDED_BY, DataTypes.StringType, true)
        .add(DATE, DataTypes.DateType, false);
  }
}
