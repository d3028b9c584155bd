package io.tidemark.schema;

import java.io.Serializable;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Schema;
import org.apache.spark.sql.types.StructType;

/**
 * How the records of a topic are read, and which of them are refused. Sent to executors.
 *
 * @param reader the Avro reader schema, as JSON
 * @param registry where the writers' schemas are
 * @param required fields that must not be null
 * @param times which event times are plausible
 * @param patience how long a task asks for schemas that the registry does not know
 * @param landed by which schemas earlier records have been landed
 */
public record RecordFormat(
    String reader,
    URI registry,
    List<String> required,
    TimeBounds times,
    Duration patience,
    LandedSchemas landed)
    implements Serializable {

  public RecordFormat(String reader, URI registry, List<String> required, TimeBounds times) {
    this(reader, registry, required, times, Duration.ZERO, LandedSchemas.NONE);
  }

  /** Of events: they have an id and a time, and the time is plausible. */
  public static RecordFormat ofEvents(
      Schema reader, URI registry, LocalDate historyFrom, Duration maxFuture) {
    return new RecordFormat(
        reader.toString(),
        registry,
        List.of(EventColumns.EVENT_ID, EventColumns.EVENT_TIME),
        new TimeBounds(
            TimeUnit.SECONDS.toMicros(historyFrom.atStartOfDay(ZoneOffset.UTC).toEpochSecond()),
            TimeUnit.MILLISECONDS.toMicros(maxFuture.toMillis()),
            Long.MAX_VALUE));
  }

  /** Of a dimension: only its key is required. */
  public static RecordFormat ofDimension(Schema reader, URI registry, List<String> key) {
    return new RecordFormat(reader.toString(), registry, List.copyOf(key), TimeBounds.NONE);
  }

  /** The same, for records that were read when the landing's clock said so. */
  public RecordFormat at(Instant clock) {
    return new RecordFormat(reader, registry, required, times.at(clock), patience, landed);
  }

  /** The same, patient with schemas that the registry does not know yet. */
  public RecordFormat patient(Duration longer) {
    return new RecordFormat(reader, registry, required, times, longer, landed);
  }

  /** The same, where earlier records have been landed by these schemas. */
  public RecordFormat after(LandedSchemas earlier) {
    return new RecordFormat(reader, registry, required, times, patience, earlier);
  }

  /** The same for whoever only looks at records: none is refused for what it says. */
  public RecordFormat uncritical() {
    return new RecordFormat(reader, registry, List.of(), TimeBounds.NONE, patience, landed);
  }

  /** What plans show of it: not the schema, which is long, and no password of the registry's. */
  @Override
  public String toString() {
    return "%s by %s".formatted(readerSchema().getFullName(), SchemaRegistry.shown(registry));
  }

  Schema readerSchema() {
    return new Schema.Parser().parse(reader);
  }

  /** The columns of a decoded record. */
  public StructType columns() {
    return EventColumns.fields(readerSchema());
  }

  /** The columns of the events table of such records. */
  public StructType eventColumns() {
    return EventColumns.of(readerSchema());
  }
}
