package io.tidemark.deadletters;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.apache.spark.sql.Column;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters are meant: the same options for each of the verbs. Without any, all. */
final class DeadLetterFilter {
  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only those with this reason, as 'list' shows it.")
  private String reason;

  @Option(names = "--topic", paramLabel = "TOPIC", description = "Only those of this topic.")
  private String topic;

  @Option(
      names = "--schema-id",
      paramLabel = "ID",
      description = "Only those written with this schema, by the id in the record.")
  private Integer schemaId;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      converter = Since.class,
      description =
          "Only those that landed at or after this UTC date (2024-05-01) or time (2024-05-01T10:00:00Z).")
  private Instant since;

  Column condition() {
    Column condition = lit(true);
    condition = reason == null ? condition : condition.and(col("reason").equalTo(reason));
    condition = topic == null ? condition : condition.and(col("topic").equalTo(topic));
    condition = schemaId == null ? condition : condition.and(col("schema_id").equalTo(schemaId));
    return since == null
        ? condition
        : condition.and(col("landed_at").geq(lit(Timestamp.from(since))));
  }

  /** Whether any of the options was given. */
  boolean isGiven() {
    return reason != null || topic != null || schemaId != null || since != null;
  }

  /** A date is its first moment. */
  static final class Since implements ITypeConverter<Instant> {
    @Override
    public Instant convert(String text) {
      try {
        return text.contains("T")
            ? OffsetDateTime.parse(text).toInstant()
            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
      } catch (DateTimeException e) {
        throw new TypeConversionException(
            "'%s' is not a date such as 2024-05-01 or a time such as 2024-05-01T10:00:00Z"
                .formatted(text));
      }
    }
  }
}
