package io.tidemark.pipeline;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * {@code quality.yaml}: the checks of a pipeline.
 *
 * @param file as it was asked for
 * @param checks in the order of the file
 */
public record QualityFile(Path file, List<QualityCheck> checks) {
  private static final String NAME = "quality.yaml";

  public QualityFile {
    checks = List.copyOf(checks);
  }

  /** Whether the pipeline has one; it may do without. */
  public static boolean isIn(Pipeline pipeline) {
    return Files.exists(pipeline.folder().resolve(NAME));
  }

  /**
   * The checks of a pipeline, none if it has no such file.
   *
   * @throws InvalidConfigurationException naming every problem with its line
   */
  public static QualityFile read(Pipeline pipeline) {
    Path file = pipeline.folder().resolve(NAME);
    return isIn(pipeline) ? read(Document.of(file), pipeline) : new QualityFile(file, List.of());
  }

  /** Reads as far as that goes, and adds the problems that {@link #read} would throw. */
  public static Optional<QualityFile> inspect(Pipeline pipeline, Problems problems) {
    try {
      return Optional.of(read(pipeline));
    } catch (InvalidConfigurationException e) {
      problems.addAll(e.problems());
      return Optional.empty();
    }
  }

  static QualityFile read(Document document, Pipeline pipeline) {
    Section root = document.root();
    List<QualityCheck> checks = new ArrayList<>();
    Map<String, Set<String>> names = new HashMap<>();
    root.requiredEach(
        "tables",
        section -> {
          checks.addAll(table(section, pipeline, names));
          return section;
        });
    root.done();
    document.problems().refuse();
    return new QualityFile(document.resolve(NAME), checks);
  }

  /** The checks that hold back seals. */
  public List<QualityCheck> gates() {
    return checks.stream().filter(QualityCheck::gate).toList();
  }

  /**
   * @param named the checks of each table so far, which may stand in several places
   */
  private static List<QualityCheck> table(
      Section section, Pipeline pipeline, Map<String, Set<String>> named) {
    String table = section.required("table", text -> fullName(text, pipeline));
    Set<String> names = named.computeIfAbsent(table, of -> new HashSet<>());
    List<QualityCheck> checks =
        section.requiredEach(
            "checks",
            item -> {
              QualityCheck check = check(item, table == null ? "" : table, pipeline);
              if (check.name() != null && !names.add(check.name())) {
                item.problem(
                    "name", "Two checks of %s are named '%s'.".formatted(table, check.name()));
              }
              return check;
            });
    section.done();
    return checks;
  }

  private static QualityCheck check(Section section, String table, Pipeline pipeline) {
    QualityRule.Kind kind = section.required("check", QualityRule.Kind::of);
    QualityRule rule = rule(section, kind, pipeline);
    Optional<BigDecimal> atLeast = section.optional("at-least", QualityFile::number);
    Optional<BigDecimal> atMost = section.optional("at-most", QualityFile::number);
    Optional<QualityAnomaly> anomaly = section.optionalSection("anomaly", QualityAnomaly::of);
    // A bound that cannot be read is there all the same.
    boolean bounded = section.has("at-least") || section.has("at-most");
    if (kind != null && !bounded && !section.has("anomaly")) {
      if (kind.isRatio()) {
        atLeast = Optional.of(BigDecimal.ONE);
      } else {
        section.problem(
            "check",
            "It does not say which %s is accepted. Give at-least, at-most or anomaly."
                .formatted(kind.text()));
      }
    }
    if (bounded && section.has("anomaly")) {
      section.problem(
          "anomaly",
          "An anomaly check takes no at-least or at-most. Write two checks, so that each has its own result.");
    }
    if (atLeast.isPresent() && atMost.isPresent() && atLeast.get().compareTo(atMost.get()) > 0) {
      section.problem("at-most", "This is less than at-least, so no value would be accepted.");
    }
    QualityCheck.Scope scope =
        section.optional("per", "date", text -> Value.oneOf(QualityCheck.Scope.class, text));
    // Whatever its columns are called: views read all of it.
    boolean isDimension = isDimension(table, pipeline);
    QualityCheck check =
        new QualityCheck(
            table,
            section.required("name", QualityFile::name),
            rule,
            atLeast,
            atMost,
            anomaly,
            section.optional("where", Value::text),
            isDimension ? QualityCheck.Scope.TABLE : scope,
            section.optional("level", "error", text -> Value.oneOf(QualityCheck.Level.class, text)),
            section.optional("gate", QualityFile::gate).isPresent(),
            section.line());
    refuseGate(section, check, pipeline);
    if (anomaly.isPresent() && isDimension) {
      section.problem("anomaly", "An anomaly check compares dates, and a dimension has none.");
    } else if (anomaly.isPresent() && check.scope() == QualityCheck.Scope.TABLE) {
      section.problem("anomaly", "An anomaly check compares dates. Leave out 'per: table'.");
    }
    section.done();
    return check;
  }

  private static boolean isDimension(String table, Pipeline pipeline) {
    return pipeline.dimensions().stream()
        .anyMatch(source -> pipeline.table(source.name()).equals(table));
  }

  private static void refuseGate(Section section, QualityCheck check, Pipeline pipeline) {
    if (!check.gate()) {
      return;
    }
    boolean events =
        pipeline.events().stream()
            .anyMatch(source -> pipeline.table(source.name()).equals(check.table()));
    boolean dimension = isDimension(check.table(), pipeline);
    if (pipeline.views().stream()
        .anyMatch(view -> pipeline.table(view.name()).equals(check.table()))) {
      section.problem(
          "gate",
          "Cannot gate on a view's own table: the run that would ask the gate repairs these rows"
              + " first, so the check would no longer describe them. Gate on the events or dimensions"
              + " that the view reads.");
    } else if (!events && !dimension) {
      section.problem(
          "gate",
          "Cannot gate on %s: no view reads it. Gate on events or dimensions of this pipeline."
              .formatted(check.table()));
    }
    if (check.level() == QualityCheck.Level.WARNING) {
      section.problem("gate", "Cannot gate by a warning. Write 'level: error', or leave it out.");
    }
    if (events && check.scope() == QualityCheck.Scope.TABLE) {
      section.problem(
          "gate", "Cannot gate by a check of all dates at once. Leave out 'per: table'.");
    }
    if (!check.rule().references().isEmpty() && !isDimension(check.rule().references(), pipeline)) {
      section.problem(
          "gate",
          "Cannot gate by a reference to %s: name a dimension of this pipeline, so that it is known whether it has changed since."
              .formatted(check.rule().references()));
    }
  }

  private static QualityRule rule(Section section, QualityRule.Kind kind, Pipeline pipeline) {
    Optional<String> column = section.optional("column", Value::text);
    List<String> columns = new ArrayList<>(section.optionalTexts("columns"));
    List<String> values = section.optionalAny("values");
    Optional<String> matches = section.optional("matches", QualityFile::pattern);
    Optional<String> condition = section.optional("condition", Value::text);
    Optional<String> min = section.optional("min", Value::text);
    Optional<String> max = section.optional("max", Value::text);
    Optional<String> references = section.optional("references", text -> fullName(text, pipeline));
    List<String> referenced = section.optionalTexts("referenced-columns");
    if (kind != null) {
      for (String key :
          List.of(
              "column",
              "columns",
              "values",
              "matches",
              "condition",
              "min",
              "max",
              "references",
              "referenced-columns")) {
        section.require(key, kind.required().contains(key), kind.takes(key), kind.text());
      }
      if (kind == QualityRule.Kind.RANGE && min.isEmpty() && max.isEmpty()) {
        section.problem("check", "The range has no bounds. Give min, max or both.");
      }
      if (min.isPresent() && max.isPresent() && isMore(min.get(), max.get())) {
        section.problem("max", "This is less than min, so no value would be in range.");
      }
      if (!referenced.isEmpty() && referenced.size() != columns.size()) {
        section.problem(
            "referenced-columns", "Name as many referenced columns as there are columns.");
      }
    }
    column.ifPresent(columns::add);
    return new QualityRule(
        kind,
        columns,
        values,
        matches.or(() -> condition).orElse(""),
        min,
        max,
        references.orElse(""),
        referenced.isEmpty() && references.isPresent() ? columns : referenced);
  }

  /** Of numbers and of dates; of other texts the column's type would have to be known. */
  private static boolean isMore(String min, String max) {
    try {
      return new BigDecimal(min.strip()).compareTo(new BigDecimal(max.strip())) > 0;
    } catch (NumberFormatException notNumbers) {
      String date = "\\d{4}-\\d{2}-\\d{2}";
      return min.matches(date) && max.matches(date) && min.compareTo(max) > 0;
    }
  }

  private static String fullName(String text, Pipeline pipeline) {
    String name = text.contains(".") ? text : pipeline.table(text);
    if (!name.matches("[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException(
          "Cannot check a table '%s': write a table of this pipeline, or schema.table."
              .formatted(text));
    }
    return name;
  }

  private static String name(String text) {
    if (Value.text(text).length() > 200) {
      throw new IllegalArgumentException("The name is longer than 200 characters. Shorten it.");
    }
    return text;
  }

  private static String gate(String text) {
    if (!text.equals("seal")) {
      throw new IllegalArgumentException("'%s' is not a gate. Write seal.".formatted(text));
    }
    return text;
  }

  private static String pattern(String text) {
    try {
      return java.util.regex.Pattern.compile(Value.text(text)).pattern();
    } catch (java.util.regex.PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "Cannot read '%s' as a regular expression: %s."
              .formatted(text, e.getDescription().toLowerCase(Locale.ROOT)),
          e);
    }
  }

  static BigDecimal number(String text) {
    try {
      return new BigDecimal(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Cannot read '%s' as a number: write for example 0.95 or 100.".formatted(text), e);
    }
  }

  static BigDecimal positive(String text) {
    BigDecimal number = number(text);
    if (number.signum() <= 0) {
      throw new IllegalArgumentException(
          "%s is not above 0. Write a number above 0.".formatted(text));
    }
    return number;
  }
}
