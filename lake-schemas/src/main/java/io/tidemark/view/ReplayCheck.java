package io.tidemark.view;

import io.tidemark.pipeline.ReplayMapping;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.types.StructType;

/**
 * What pipeline.yaml says about the fields of a schema agrees with the schema.
 *
 * @param problems takes the key and the message of each problem
 */
record ReplayCheck(String source, StructType fields, BiConsumer<String, String> problems) {
  void check(ReplayMapping replay) {
    checkFields("replay.fields", new TreeMap<>(replay.fields()).keySet());
    checkFields("replay.event-id", replay.eventId());
    checkFields("replay.key", replay.key());
    replay
        .lineNumber()
        .ifPresent(line -> checkFields("replay.line-number", List.of(line.field(), line.within())));
    new TreeMap<>(replay.fields())
        .forEach((field, expression) -> checkExpression("replay.fields." + field, expression));
    replay.arrival().ifPresent(expression -> checkExpression("replay.arrival", expression));
  }

  void checkFields(String key, Collection<String> named) {
    for (String name : named) {
      if (!List.of(fields.fieldNames()).contains(name)) {
        problems.accept(
            source + "." + key,
            "Cannot find the field %s: the schema has %s."
                .formatted(name, String.join(", ", fields.fieldNames())));
      }
    }
  }

  private void checkExpression(String key, String expression) {
    try {
      Syntax.expression(expression);
      RefusedFunctions.unrepeatable(Syntax.of("SELECT " + expression))
          .ifPresent(
              reason ->
                  problems.accept(
                      source + "." + key,
                      "Cannot use the expression %s: %s.".formatted(expression, reason)));
    } catch (AnalysisException e) {
      problems.accept(
          source + "." + key,
          "Cannot understand the expression %s: %s".formatted(expression, SparkMessage.of(e)));
    }
  }
}
