package io.tidemark.deadletters;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * A record that could not become an event, as it came.
 *
 * @param query that was to land it, in its batch
 * @param timestamp of the record; null if it has none
 * @param timestampType who gave it, as Kafka names it; null if a version of Tidemark from before
 *     that column has landed it
 * @param headers null if it has none, or for the same reason
 * @param key null if it has none
 * @param value null if it has none
 * @param schemaId null if the value names none
 * @param message null if it was not kept
 * @param replayed when it became an event, and how; null if it has not
 */
record DeadLetter(
    String topic,
    int partition,
    long offset,
    String query,
    long batch,
    Instant landedAt,
    Instant timestamp,
    String timestampType,
    List<Header> headers,
    byte[] key,
    byte[] value,
    Integer schemaId,
    String stage,
    String reason,
    String message,
    Replayed replayed) {

  /**
   * How it became an event, or a row of a dimension.
   *
   * @param run of {@code dead-letters replay}
   * @param number under which it landed; null in a dimension
   */
  record Replayed(Instant at, String run, Long number) {
    private static Replayed of(Row row) {
      Timestamp at = row.getAs("replayed_at");
      return at == null
          ? null
          : new Replayed(at.toInstant(), row.getAs("replayed_by"), row.getAs("replayed_batch"));
    }
  }

  /**
   * @param value may be null
   */
  record Header(String key, byte[] value) {}

  /** That it was to land in; a query is called {@code <pipeline>.land.<table>}. */
  String table() {
    return query.substring(query.lastIndexOf('.') + 1);
  }

  static DeadLetter of(Row row) {
    int headers = row.fieldIndex("headers");
    Timestamp timestamp = row.getAs("timestamp");
    return new DeadLetter(
        row.getAs("topic"),
        row.getAs("partition"),
        row.getAs("offset"),
        row.getAs("query"),
        row.getAs("batch"),
        row.<Timestamp>getAs("landed_at").toInstant(),
        timestamp == null ? null : timestamp.toInstant(),
        row.getAs("timestamp_type"),
        row.isNullAt(headers)
            ? null
            : row.<Row>getList(headers).stream()
                .map(header -> new Header(header.getString(0), header.getAs(1)))
                .toList(),
        row.getAs("key"),
        row.getAs("value"),
        row.getAs("schema_id"),
        row.getAs("stage"),
        row.getAs("reason"),
        row.getAs("message"),
        Replayed.of(row));
  }
}
