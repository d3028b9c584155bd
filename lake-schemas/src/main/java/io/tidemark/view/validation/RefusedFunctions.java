package io.tidemark.view.validation;

import static java.util.stream.Collectors.toUnmodifiableMap;

import io.tidemark.view.Syntax;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.analysis.ExpressionWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;

/** Functions that give a stream and a batch different results, or can stop both. */
final class RefusedFunctions {
  private static final Refusal CLOCK =
      new Refusal(
          "it reads the clock, and a recomputation runs at another time",
          "take the time from the event: event_time, or another of its fields");
  private static final Refusal RANDOM =
      new Refusal(
          "it gives a different value in every run",
          "derive the value from the event, for example hash(event_id)");
  private static final Refusal PLACE =
      new Refusal(
          "it depends on who runs the query, and where", "take the value from the event's fields");
  private static final Refusal ORDER =
      new Refusal(
          "its result depends on the order of the rows, although Spark calls it deterministic",
          "use max or min, or make the column part of the key");
  private static final Refusal RAISES =
      new Refusal(
          "it raises an error on some values, and one bad value must stop no view",
          "use its try_ form, or test the value with CASE");
  private static final Refusal JAVA =
      new Refusal("it calls Java code, which may not be deterministic", "write the value in SQL");

  private static final Map<String, Refusal> REFUSED =
      Stream.of(
              named(
                  CLOCK,
                  "current_timestamp current_date curdate current_time now localtimestamp"
                      + " current_timezone"),
              named(
                  RANDOM,
                  "rand random randn randstr uniform uuid shuffle monotonically_increasing_id"
                      + " spark_partition_id"),
              named(
                  PLACE,
                  "input_file_name input_file_block_start input_file_block_length current_user user"
                      + " session_user current_catalog current_database current_schema version"),
              named(
                  ORDER,
                  "first first_value last last_value any_value max_by min_by mode collect_list"
                      + " collect_set array_agg listagg string_agg percentile_approx"
                      + " approx_percentile histogram_numeric"),
              named(
                  RAISES,
                  "raise_error assert_true parse_json to_number to_binary make_date make_timestamp"
                      + " make_timestamp_ltz make_timestamp_ntz make_interval make_dt_interval"
                      + " make_ym_interval make_time to_time url_decode aes_decrypt from_avro"
                      + " from_protobuf schema_of_json schema_of_csv schema_of_xml unbase64 unhex"
                      + " parse_url sequence variant_get"),
              named(JAVA, "java_method reflect try_reflect"))
          .flatMap(List::stream)
          .collect(toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

  /** Names that SQL lets one write without brackets; a column of that name comes first. */
  private static final List<String> BARE =
      List.of(
          "current_timestamp", "current_date", "current_time", "localtimestamp", "current_user");

  private RefusedFunctions() {}

  static void check(Syntax syntax, SqlProblems problems) {
    for (Expression expression : syntax.tree().expressions()) {
      String name = name(expression);
      refusal(name, expression)
          .ifPresent(
              refusal ->
                  problems.refuse(
                      syntax.tree().line(expression),
                      "use " + name,
                      refusal.why(),
                      refusal.remedy()));
    }
  }

  /** Why an expression over a line of a file gives other values when the file is read again. */
  static Optional<String> unrepeatable(Syntax syntax) {
    return syntax.tree().expressions().stream()
        .flatMap(expression -> unrepeatable(expression).stream())
        .findFirst();
  }

  private static Optional<String> unrepeatable(Expression expression) {
    if (expression instanceof ExpressionWithUnresolvedIdentifier) {
      return Optional.of("IDENTIFIER does not show what it reads; write the name itself");
    }
    return ClockText.of(expression)
        .map(RefusedFunctions::byClock)
        .or(
            () ->
                refusal(name(expression), expression)
                    .filter(refusal -> refusal == CLOCK || refusal == RANDOM || refusal == PLACE)
                    .map(refusal -> refusal == CLOCK ? "it reads the clock" : refusal.why()));
  }

  /** Why a text is not used as a time. */
  static String byClock(String text) {
    return "it reads the clock for '%s'".formatted(text);
  }

  private static Optional<Refusal> refusal(String name, Expression expression) {
    if (name.endsWith("unix_timestamp") && expression.children().isEmpty()) {
      return Optional.of(CLOCK);
    }
    return Optional.ofNullable(REFUSED.get(name));
  }

  /** Some functions the parser knows itself, and some it takes for columns. */
  private static String name(Expression expression) {
    if (expression instanceof UnresolvedFunction call) {
      return Syntax.name(call);
    }
    if (expression instanceof UnresolvedAttribute column) {
      String name = column.name().toLowerCase(Locale.ROOT);
      return BARE.contains(name) ? name : "";
    }
    return expression.prettyName();
  }

  private static List<Map.Entry<String, Refusal>> named(Refusal refusal, String names) {
    return Stream.of(names.split(" ")).map(name -> Map.entry(name, refusal)).toList();
  }

  private record Refusal(String why, String remedy) {}
}
