package io.tidemark.lake;

import static org.apache.spark.sql.functions.expr;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.QualityFunctions;
import io.tidemark.pipeline.QualityRule;
import io.tidemark.view.validation.CalledFunctions;
import io.tidemark.view.validation.GateConditions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Whether what checks of quality name is there: tables of the pipeline, and their columns.
 *
 * @param columns of the tables that are known, by their full names
 */
record QualityColumns(SparkSession spark, Map<String, StructType> columns) {

  /**
   * @param schemas all of whose tables are known
   */
  void check(QualityFile file, List<String> schemas, Problems problems) {
    new GateConditions(spark, columns).check(file, problems);
    for (QualityCheck check : file.checks()) {
      Problem problem = message -> problems.add(file.file().toString(), check.line(), "", message);
      if (!columns.containsKey(check.table())) {
        if (schemas.contains(check.table().split("\\.")[0])) {
          problem.add(
              "Cannot check table %s: there is none of that name.".formatted(check.table()));
        }
        continue;
      }
      Dataset<Row> table = empty(check.table());
      if (check.anomaly().isPresent() && !isDated(columns.get(check.table()))) {
        problem.add(
            "Cannot find an anomaly in %s: it has no column date of type DATE, and dates are what is compared."
                .formatted(check.table()));
      }
      check.rule().columns().forEach(column -> findColumn(table, check.table(), column, problem));
      Stream.of(check.where().orElse(""), condition(check))
          .filter(condition -> !condition.isEmpty())
          .forEach(condition -> analyze(table, condition, problem));
      if (columns.containsKey(check.rule().references())) {
        Dataset<Row> referenced = empty(check.rule().references());
        check
            .rule()
            .referenced()
            .forEach(column -> findColumn(referenced, check.rule().references(), column, problem));
      }
    }
  }

  private static boolean isDated(StructType columns) {
    return Arrays.stream(columns.fields())
        .anyMatch(
            field -> field.name().equals("date") && field.dataType().equals(DataTypes.DateType));
  }

  private interface Problem {
    void add(String message);
  }

  private Dataset<Row> empty(String table) {
    return spark.createDataFrame(List.of(), columns.get(table));
  }

  private static String condition(QualityCheck check) {
    return check.rule().kind() == QualityRule.Kind.COMPLIANCE ? check.rule().text() : "";
  }

  private static void findColumn(Dataset<Row> table, String name, String column, Problem problem) {
    if (Arrays.asList(table.columns()).contains(column)) {
      return;
    }
    try {
      table.select(column);
    } catch (Exception e) { // Scala throws checked ones too.
      problem.add(
          "Cannot find column '%s' in %s. It has: %s."
              .formatted(column, name, String.join(", ", table.columns())));
    }
  }

  private static void analyze(Dataset<Row> table, String condition, Problem problem) {
    CalledFunctions.in(condition).stream()
        .filter(name -> !QualityFunctions.has(name))
        .filter(table.sparkSession().catalog()::functionExists)
        .forEach(
            name ->
                problem.add(
                    "Cannot use function %s in the condition '%s': checks run on Spark 3.5, which does not have it."
                        .formatted(name, condition)));
    try {
      table.where(expr(condition));
    } catch (Exception e) { // As above.
      problem.add(
          "Cannot use the condition '%s': %s"
              .formatted(
                  condition,
                  String.valueOf(e.getMessage())
                      .lines()
                      .filter(line -> !line.isBlank())
                      .findFirst()
                      .orElse("")));
    }
  }
}
