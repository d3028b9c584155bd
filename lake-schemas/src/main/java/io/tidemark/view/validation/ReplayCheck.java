package io.tidemark.view.validation;

import io.tidemark.pipeline.Place;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.view.SparkMessage;
import io.tidemark.view.Syntax;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.types.StructType;

/**
 * What pipeline.yaml says about the fields of a schema agrees with the schema.
 *
 * @param problems takes each problem
 */
record ReplayCheck(String source, StructType fields, Refusals problems) {
  /** Takes what is wrong with pipeline.yaml: in which line, or 0, and at which key. */
  interface Refusals {
    void add(int line, String key, String message);
  }

  void check(ReplayMapping replay) {
    checkFields("replay.fields", new TreeMap<>(replay.fields()).keySet());
    checkFields("replay.event-id", replay.eventId());
    checkFields("replay.key", replay.key());
    replay
        .lineNumber()
        .ifPresent(line -> checkFields("replay.line-number", List.of(line.field(), line.within())));
    new TreeMap<>(replay.fields())
        .forEach(
            (field, expression) ->
                checkExpression(
                    line(Optional.ofNullable(replay.places().fields().get(field))),
                    "replay.fields." + field,
                    expression));
    replay
        .arrival()
        .ifPresent(
            expression ->
                checkExpression(line(replay.places().arrival()), "replay.arrival", expression));
  }

  private static int line(Optional<Place> place) {
    return place.map(Place::line).orElse(0);
  }

  void checkFields(String key, Collection<String> named) {
    for (String name : named) {
      if (!List.of(fields.fieldNames()).contains(name)) {
        problems.add(
            0,
            source + "." + key,
            "Cannot find the field %s: the schema has %s."
                .formatted(name, String.join(", ", fields.fieldNames())));
      }
    }
  }

  private void checkExpression(int line, String key, String expression) {
    String at = source + "." + key;
    try {
      Syntax.expression(expression);
      RefusedFunctions.unrepeatable(Syntax.of("SELECT " + expression))
          .ifPresent(
              reason ->
                  problems.add(
                      line, at, "Cannot use the expression %s: %s.".formatted(expression, reason)));
      CalledFunctions.unknown(expression)
          .forEach(
              (name, meant) ->
                  problems.add(
                      line,
                      at,
                      "Unknown function '%s' in the expression %s.%s"
                          .formatted(
                              name,
                              expression,
                              meant.map(" Did you mean '%s'?"::formatted).orElse(""))));
    } catch (AnalysisException e) {
      problems.add(
          line,
          at,
          "Cannot understand the expression %s: %s".formatted(expression, SparkMessage.of(e)));
    }
  }
}
