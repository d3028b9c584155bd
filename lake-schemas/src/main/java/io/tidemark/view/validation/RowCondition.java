package io.tidemark.view.validation;

import static org.apache.spark.sql.functions.expr;

import io.tidemark.view.SparkMessage;
import io.tidemark.view.SqlTree;
import io.tidemark.view.Syntax;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.Predicate;
import org.apache.spark.sql.types.StructType;

/**
 * A SQL condition that selects rows. It looks at one row at a time, and always gives the same
 * answer for the same row.
 *
 * @param refusal why it cannot be used on any table; empty if it can
 */
public record RowCondition(String sql, Optional<String> refusal) {

  public static RowCondition of(String sql) {
    return new RowCondition(sql, refused(sql));
  }

  private static Optional<String> refused(String sql) {
    try {
      Syntax.expression(sql);
      Syntax syntax = Syntax.of("SELECT " + sql);
      return syntax.tree().expressions(PlanExpression.class).findAny().isPresent()
          ? Optional.of("it has a sub-query, but is evaluated on one row at a time")
          : RefusedFunctions.unrepeatable(syntax);
    } catch (AnalysisException unreadable) {
      return Optional.of(SparkMessage.clause(unreadable));
    }
  }

  public Column column() {
    return expr(sql);
  }

  /** Why it cannot be used on rows with these columns; empty if it can. */
  public Optional<Unusable> unusable(SparkSession spark, StructType columns) {
    try {
      SqlTree tree =
          new SqlTree(
              spark
                  .createDataFrame(List.of(), columns)
                  .where(column())
                  .queryExecution()
                  .analyzed());
      if (!tree.expressions().stream().allMatch(Expression::deterministic)) {
        return Optional.of(new Unusable("it gives a different value in every run", false));
      }
      return tree.expressions(Predicate.class)
          .map(Expression.class::cast)
          .filter(predicate -> predicate.references().isEmpty())
          .findFirst()
          .map(
              constant ->
                  new Unusable(
                      "'%s' names no column. Text in double quotes is a value: write user_id or `user_id` for a column, 'text' for a value"
                          .formatted(constant.sql()),
                      false));
    } catch (Exception failure) { // Scala throws checked ones too.
      if (!(failure instanceof AnalysisException wrong)) {
        throw failure;
      }
      String condition = String.valueOf(wrong.getCondition());
      return Optional.of(
          new Unusable(
              SparkMessage.of(wrong),
              condition.startsWith("UNRESOLVED_COLUMN") || condition.equals("FIELD_NOT_FOUND")));
    }
  }

  /**
   * @param why in words
   * @param lacksColumn true if the only reason is that a column is missing
   */
  public record Unusable(String why, boolean lacksColumn) {}
}
