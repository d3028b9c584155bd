package io.tidemark.pipeline;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a line of a CSV or JSON-lines file becomes an event. Expressions are Spark SQL over the
 * file's columns, all of them text.
 *
 * @param fields Avro field to expression; a field that is absent takes the column of its own name,
 *     or else its default
 * @param eventId fields whose values, joined by {@code -}, are the event id
 * @param key fields whose values, joined by {@code -}, are the Kafka key; empty for none
 * @param lineNumber the field that numbers the lines of a group from 1, in file order
 */
public record ReplayMapping(
    Map<String, String> fields,
    List<String> eventId,
    List<String> key,
    Optional<LineNumber> lineNumber) {
  /** Columns become fields of the same name. */
  public static final ReplayMapping BY_NAME =
      new ReplayMapping(Map.of(), List.of(), List.of(), Optional.empty());

  public ReplayMapping {
    fields = Map.copyOf(fields);
    eventId = List.copyOf(eventId);
    key = List.copyOf(key);
  }

  static ReplayMapping of(Section section) {
    ReplayMapping mapping =
        new ReplayMapping(
            section.properties("fields"),
            section.optionalTexts("event-id"),
            section.optionalTexts("key"),
            section.optionalSection("line-number", LineNumber::of));
    section.done();
    return mapping;
  }

  /** The field {@code field} counts the lines that share a value of the field {@code within}. */
  public record LineNumber(String field, String within) {
    static LineNumber of(Section section) {
      LineNumber lineNumber =
          new LineNumber(
              section.required("field", Value::text), section.required("within", Value::text));
      section.done();
      return lineNumber;
    }
  }
}
