package io.tidemark.deadletters;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;

import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Nearest;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.schema.Rejection;
import java.sql.Timestamp;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Which dead letters are meant: the same options for each of the verbs. Without any, all. */
final class DeadLetterFilter {
  @Option(
      names = "--reason",
      paramLabel = "REASON",
      description = "Only those with this reason, as 'list' shows it: bad-magic, for example.")
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

  /**
   * Refuses a reason or a topic that there is not: a slip of the pen would look as if all were
   * well.
   *
   * @param inLake the topics of all dead letters, among them topics that the pipeline had once
   * @throws WrongUsageException if no dead letter of the pipeline can have it
   */
  void check(Pipeline pipeline, Supplier<Set<String>> inLake) {
    List<String> reasons = Stream.of(Rejection.values()).map(Rejection::reason).toList();
    if (reason != null && !reasons.contains(reason)) {
      throw new WrongUsageException(
          "Unknown reason '%s'.%s The reasons are: %s."
              .formatted(reason, Nearest.hint(reason, reasons), String.join(", ", reasons)));
    }
    Set<String> topics = new TreeSet<>(pipeline.topics());
    if (topic == null || topics.contains(topic)) {
      return;
    }
    topics.addAll(inLake.get());
    if (!topics.contains(topic)) {
      throw new WrongUsageException(
          "Unknown topic '%s'.%s The topics of pipeline %s are: %s."
              .formatted(
                  topic, Nearest.hint(topic, topics), pipeline.name(), String.join(", ", topics)));
    }
  }

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
