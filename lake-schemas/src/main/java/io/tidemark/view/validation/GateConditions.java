package io.tidemark.view.validation;

import static org.apache.spark.sql.functions.expr;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.QualityRule;
import io.tidemark.view.SqlTree;
import io.tidemark.view.Syntax;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.types.StructType;

/**
 * Whether gates say the same of the same rows whenever they are asked.
 *
 * @param columns of the tables that are known, by their full names
 */
public record GateConditions(SparkSession spark, Map<String, StructType> columns) {

  /** Adds those that do not; one that cannot be read is found elsewhere. */
  public void check(QualityFile file, Problems problems) {
    for (QualityCheck gate : file.gates()) {
      conditions(gate)
          .forEach(
              condition ->
                  unrepeatable(gate.table(), condition)
                      .ifPresent(
                          why ->
                              problems.add(
                                  file.file().toString(),
                                  gate.line(),
                                  "",
                                  "Cannot gate by the condition '%s': %s."
                                      .formatted(condition, why))));
      values(gate)
          .filter(ClockText::is)
          .distinct()
          .forEach(
              value ->
                  problems.add(
                      file.file().toString(),
                      gate.line(),
                      "",
                      "Cannot gate by the value '%s' of column %s: %s."
                          .formatted(
                              value,
                              gate.rule().columns().get(0),
                              RefusedFunctions.byClock(value))));
    }
  }

  private static Stream<String> conditions(QualityCheck gate) {
    boolean isCondition = gate.rule().kind() == QualityRule.Kind.COMPLIANCE;
    return Stream.concat(
        gate.where().stream(), isCondition ? Stream.of(gate.rule().text()) : Stream.empty());
  }

  /** What a column of dates or times is compared with. */
  private Stream<String> values(QualityCheck gate) {
    QualityRule rule = gate.rule();
    boolean compares =
        rule.kind() == QualityRule.Kind.RANGE || rule.kind() == QualityRule.Kind.CONTAINMENT;
    return compares && isTime(gate.table(), rule.columns().get(0))
        ? Stream.of(rule.min().stream(), rule.max().stream(), rule.values().stream())
            .flatMap(values -> values)
        : Stream.empty();
  }

  private boolean isTime(String table, String column) {
    if (!columns.containsKey(table)) {
      return false;
    }
    Dataset<Row> rows = empty(table);
    boolean isName = Arrays.asList(rows.columns()).contains(column);
    try {
      return ClockText.isTime(
          rows.select(isName ? "`" + column.replace("`", "``") + "`" : column)
              .schema()
              .apply(0)
              .dataType());
    } catch (Exception unknown) { // Scala throws checked ones too.
      return false;
    }
  }

  private Optional<String> unrepeatable(String table, String condition) {
    try {
      Syntax.expression(condition);
      return RefusedFunctions.unrepeatable(Syntax.of("SELECT " + condition))
          .or(() -> comparedByClock(table, condition));
    } catch (AnalysisException unreadable) {
      return Optional.empty();
    }
  }

  /** A text becomes a time beside one, of which the syntax alone says nothing. */
  private Optional<String> comparedByClock(String table, String condition) {
    if (!columns.containsKey(table)) {
      return Optional.empty();
    }
    try {
      SqlTree tree = new SqlTree(empty(table).where(expr(condition)).queryExecution().analyzed());
      return tree.expressions().stream()
          .flatMap(expression -> byClock(expression).stream())
          .findFirst();
    } catch (Exception unreadable) { // As above.
      return Optional.empty();
    }
  }

  private static Optional<String> byClock(Expression expression) {
    return ClockText.of(expression)
        .map(RefusedFunctions::byClock)
        .or(
            () ->
                ClockText.ofRows(expression).isPresent()
                    ? Optional.of(
                        "it makes a timestamp of a text, and Spark takes a time of day for one of"
                            + " today; write "
                            + ClockText.REMEDY)
                    : Optional.empty());
  }

  private Dataset<Row> empty(String table) {
    return spark.createDataFrame(List.of(), columns.get(table));
  }
}
