package io.tidemark.deadletters;

import java.sql.Date;
import java.time.LocalDate;
import org.apache.spark.sql.Row;

/**
 * How many dead letters are alike.
 *
 * @param schemaId null if the record names none
 * @param day UTC, on which they landed
 * @param partition of the first of them
 * @param offset of the first of them
 * @param message of the first of them; may be null
 */
record DeadLetterCount(
    String reason,
    String topic,
    Integer schemaId,
    LocalDate day,
    long records,
    int partition,
    long offset,
    String message) {
  static DeadLetterCount of(Row row) {
    Row first = row.getAs("first");
    return new DeadLetterCount(
        row.getAs("reason"),
        row.getAs("topic"),
        row.getAs("schema_id"),
        row.<Date>getAs("day").toLocalDate(),
        row.getAs("records"),
        first.getAs("partition"),
        first.getAs("offset"),
        first.getAs("message"));
  }
}
