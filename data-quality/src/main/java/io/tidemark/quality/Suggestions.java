package io.tidemark.quality;

import static org.apache.spark.sql.functions.col;

import com.amazon.deequ.profiles.ColumnProfile;
import com.amazon.deequ.suggestions.ConstraintSuggestion;
import com.amazon.deequ.suggestions.ConstraintSuggestionResult;
import com.amazon.deequ.suggestions.ConstraintSuggestionRunner;
import com.amazon.deequ.suggestions.Rules;
import com.amazon.deequ.suggestions.rules.UniqueIfApproximatelyUniqueRule;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityRule;
import io.tidemark.pipeline.QualityRule.Kind;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.AtomicType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import org.apache.spark.sql.types.StructField;
import scala.collection.JavaConverters;

/**
 * Checks that deequ suggests for a table, less those that not every date passes. What deequ
 * estimates of all rows is measured for each date before it is suggested.
 *
 * @param columns that were profiled, by the names that deequ knows them by
 * @param profiles by these names
 * @param checks with bounds that hold on every date
 */
record Suggestions(
    StoredTable table,
    long rows,
    Map<String, StructField> columns,
    Map<String, ColumnProfile> profiles,
    List<QualityCheck> checks) {
  private static final int FEW = 25;
  private static final String ANSI = "spark.sql.ansi.enabled";

  static Suggestions of(SparkSession spark, StoredTable table) {
    Map<String, StructField> columns = columns(table);
    if (columns.isEmpty() || table.rows().isEmpty()) {
      return new Suggestions(table, 0, columns, Map.of(), List.of());
    }
    Column[] aliased =
        columns.entrySet().stream()
            .map(column -> table.column(column.getValue().name()).as(column.getKey()))
            .toArray(Column[]::new);
    ConstraintSuggestionResult found = suggested(spark, table.rows().select(aliased));
    Set<QualityRule> rules = new LinkedHashSet<>();
    Map<String, scala.collection.Seq<ConstraintSuggestion>> suggestions =
        JavaConverters.mapAsJavaMap(found.constraintSuggestions());
    columns.forEach(
        (alias, column) -> {
          if (suggestions.containsKey(alias)) {
            JavaConverters.seqAsJavaList(suggestions.get(alias))
                .forEach(each -> rule(each, column, table).ifPresent(rules::add));
          }
        });
    return new Suggestions(
        table,
        found.numRecordsUsedForProfiling(),
        columns,
        JavaConverters.mapAsJavaMap(found.columnProfiles()),
        held(table, List.copyOf(rules)));
  }

  /** Columns of the table's author, of types that have a profile. */
  private static Map<String, StructField> columns(StoredTable table) {
    Map<String, StructField> columns = new java.util.LinkedHashMap<>();
    Arrays.stream(table.rows().schema().fields())
        .filter(field -> !field.name().startsWith("_") && !field.name().equals(StoredTable.DATE))
        .filter(
            field ->
                field.dataType() instanceof AtomicType
                    && !field.dataType().equals(DataTypes.BinaryType))
        .forEach(field -> columns.put("c" + columns.size(), field));
    return columns;
  }

  /** deequ guesses what texts are, and casts them: what is not a number must not be an error. */
  private static ConstraintSuggestionResult suggested(SparkSession spark, Dataset<Row> rows) {
    spark.conf().set(ANSI, "false");
    try {
      return new ConstraintSuggestionRunner()
          .onData(rows)
          .addConstraintRules(Rules.DEFAULT())
          .addConstraintRule(new UniqueIfApproximatelyUniqueRule())
          .run();
    } finally {
      spark.conf().set(ANSI, "true");
    }
  }

  private static Optional<QualityRule> rule(
      ConstraintSuggestion suggestion, StructField column, StoredTable table) {
    String name = column.name();
    return switch (suggestion.suggestingRule().getClass().getSimpleName()) {
      case "CompleteIfCompleteRule", "RetainCompletenessRule" ->
          Optional.of(rule(Kind.COMPLETENESS, name, List.of(), Optional.empty()));
      case "UniqueIfApproximatelyUniqueRule" ->
          Optional.of(rule(Kind.UNIQUENESS, name, List.of(), Optional.empty()));
      case "NonNegativeNumbersRule" ->
          column.dataType() instanceof NumericType
              ? Optional.of(rule(Kind.RANGE, name, List.of(), Optional.of("0")))
              : Optional.empty();
      case "CategoricalRangeRule" -> {
        List<String> values = values(table, name);
        yield values.size() > FEW
            ? Optional.empty()
            : Optional.of(rule(Kind.CONTAINMENT, name, values, Optional.empty()));
      }
      default -> Optional.empty();
    };
  }

  private static QualityRule rule(
      Kind kind, String column, List<String> values, Optional<String> min) {
    return new QualityRule(kind, List.of(column), values, "", min, Optional.empty(), "", List.of());
  }

  /** As they are, and not as deequ's histogram has them, where nulls are a text. */
  private static List<String> values(StoredTable table, String column) {
    return table
        .rows()
        .select(table.column(column).cast(DataTypes.StringType).as("value"))
        .where(col("value").isNotNull())
        .distinct()
        .limit(FEW + 1)
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }

  /** Those that hold on every date that has rows, bounded by the worst of them. */
  private static List<QualityCheck> held(StoredTable table, List<QualityRule> rules) {
    List<Question> questions =
        IntStream.range(0, rules.size())
            .mapToObj(i -> new Question(check(table, rules.get(i), BigDecimal.ONE), i))
            .toList();
    SortedSet<LocalDate> dates = table.isDated() ? dates(table) : null;
    Measurement.Found found = new Measurement(table, Map.of()).of(questions, dates);
    List<QualityCheck> held = new ArrayList<>();
    for (Question question : questions) {
      double worst =
          found.byDate().values().stream()
              .map(of -> of.get(question))
              .flatMap(measured -> measured.metric().stream())
              .filter(metric -> metric.value().isSuccess())
              .mapToDouble(Judge::value)
              .min()
              .orElse(0);
      BigDecimal atLeast = BigDecimal.valueOf(worst).setScale(2, RoundingMode.DOWN);
      boolean isShare = question.check().rule().kind() == Kind.COMPLETENESS;
      if (isShare ? atLeast.signum() > 0 : worst == 1) {
        held.add(check(table, question.check().rule(), atLeast.stripTrailingZeros()));
      }
    }
    return held;
  }

  private static SortedSet<LocalDate> dates(StoredTable table) {
    SortedSet<LocalDate> dates = new TreeSet<>(table.contents().keySet());
    if (!table.isPartitioned()) {
      table
          .rows()
          .select(StoredTable.DATE)
          .where(col(StoredTable.DATE).isNotNull())
          .distinct()
          .collectAsList()
          .forEach(row -> dates.add(row.getDate(0).toLocalDate()));
    }
    return dates;
  }

  private static QualityCheck check(StoredTable table, QualityRule rule, BigDecimal atLeast) {
    String column = rule.columns().get(0);
    String name =
        switch (rule.kind()) {
          case COMPLETENESS -> column + " is there";
          case UNIQUENESS -> column + " is there once";
          case RANGE -> column + " is not negative";
          default -> column + " is one of its values";
        };
    return new QualityCheck(
        table.name(),
        name.length() > 200 ? name.substring(0, 200) : name,
        rule,
        Optional.of(atLeast),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        QualityCheck.Scope.DATE,
        QualityCheck.Level.ERROR,
        false,
        0);
  }

  /** As quality.yaml has it, the profile in comments. */
  String yaml() {
    return SuggestedYaml.of(this);
  }
}
