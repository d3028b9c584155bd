package io.tidemark.view.validation;

import io.tidemark.pipeline.Nearest;
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
    ReplayMapping.Places places = replay.places();
    for (String field : new TreeMap<>(replay.fields()).keySet()) {
      checkFields(line(places.field(field)), "replay.fields", List.of(field));
    }
    checkFields(line(places.eventId()), "replay.event-id", replay.eventId());
    checkFields(line(places.key()), "replay.key", replay.key());
    replay
        .lineNumber()
        .ifPresent(
            number ->
                checkFields(
                    line(places.lineNumber()),
                    "replay.line-number",
                    List.of(number.field(), number.within())));
    new TreeMap<>(replay.fields())
        .forEach(
            (field, expression) ->
                checkExpression(line(places.field(field)), "replay.fields." + field, expression));
    replay
        .arrival()
        .ifPresent(
            expression -> checkExpression(line(places.arrival()), "replay.arrival", expression));
  }

  private static int line(Optional<Place> place) {
    return place.map(Place::line).orElse(0);
  }

  /**
   * @param line where they are named, or 0
   */
  void checkFields(int line, String key, Collection<String> named) {
    List<String> known = List.of(fields.fieldNames());
    for (String name : named) {
      if (!known.contains(name)) {
        problems.add(
            line,
            source + "." + key,
            "Unknown field '%s'.%s The fields of the schema are: %s."
                .formatted(name, Nearest.hint(name, known), String.join(", ", known)));
      }
    }
  }

  private void checkExpression(int line, String key, String expression) {
    String at = source + "." + key;
    try {
      Syntax.expression(expression);
      Syntax syntax = Syntax.of("SELECT " + expression);
      RefusedFunctions.unrepeatable(syntax)
          .ifPresent(
              reason ->
                  problems.add(
                      line, at, "Cannot use the expression %s: %s.".formatted(expression, reason)));
      CalledFunctions.unknown(syntax)
          .map(CalledFunctions::problem)
          .distinct()
          .forEach(
              problem ->
                  problems.add(line, at, "%s The expression is %s".formatted(problem, expression)));
    } catch (AnalysisException e) {
      problems.add(
          line,
          at,
          "Cannot understand the expression %s: %s".formatted(expression, SparkMessage.of(e)));
    }
  }
}
