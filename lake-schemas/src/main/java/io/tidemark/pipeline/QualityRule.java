package io.tidemark.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What a check asks of the rows of a table, in deequ's words.
 *
 * @param columns that it is about, none for a size or a condition
 * @param values that a column may have, for a containment
 * @param text the regular expression of a pattern, the SQL of a condition; empty for the others
 * @param min the least value of a range, as it is written
 * @param max the greatest value of a range
 * @param references the table that a foreign key is of; empty for the others
 * @param referenced its columns
 */
public record QualityRule(
    Kind kind,
    List<String> columns,
    List<String> values,
    String text,
    Optional<String> min,
    Optional<String> max,
    String references,
    List<String> referenced) {
  public QualityRule {
    columns = List.copyOf(columns);
    values = List.copyOf(values);
    referenced = List.copyOf(referenced);
  }

  List<Object> parts() {
    return List.of(kind, columns, values, text, min, max, references, referenced);
  }

  /** What there is to ask, and the keys that say it. */
  public enum Kind {
    COMPLETENESS(true, Set.of("column"), Set.of()),
    UNIQUENESS(true, Set.of("columns"), Set.of()),
    CONTAINMENT(true, Set.of("column", "values"), Set.of()),
    PATTERN(true, Set.of("column", "matches"), Set.of()),
    RANGE(true, Set.of("column"), Set.of("min", "max")),
    COMPLIANCE(true, Set.of("condition"), Set.of()),
    FOREIGN_KEY(true, Set.of("columns", "references"), Set.of("referenced-columns")),
    SIZE(false, Set.of(), Set.of()),
    MINIMUM(false, Set.of("column"), Set.of()),
    MAXIMUM(false, Set.of("column"), Set.of()),
    MEAN(false, Set.of("column"), Set.of()),
    SUM(false, Set.of("column"), Set.of()),
    STANDARD_DEVIATION(false, Set.of("column"), Set.of());

    private final boolean ratio;
    private final Set<String> required;
    private final Set<String> optional;

    Kind(boolean ratio, Set<String> required, Set<String> optional) {
      this.ratio = ratio;
      this.required = required;
      this.optional = optional;
    }

    /** Whether each row meets it or not, so that its value is the share of rows that do. */
    public boolean isRatio() {
      return ratio;
    }

    /** As files and tables have it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Set<String> required() {
      return required;
    }

    boolean takes(String key) {
      return required.contains(key) || optional.contains(key);
    }

    static Kind of(String text) {
      return Stream.of(values())
          .filter(kind -> kind.text().equals(text))
          .findAny()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "Cannot check '%s': write one of %s."
                          .formatted(
                              text,
                              String.join(
                                  ", ", Stream.of(values()).map(Kind::text).sorted().toList()))));
    }
  }
}
