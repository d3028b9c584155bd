package io.tidemark.view;

import static org.apache.spark.sql.functions.expr;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.expressions.BinaryComparison;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.types.StructType;

/**
 * A condition that somebody chooses rows by: in SQL, on one row at a time, and the same whenever it
 * is asked.
 *
 * @param refusal why it cannot be used, whatever the rows; empty if it can
 */
public record RowCondition(String sql, Optional<String> refusal) {

  public static RowCondition of(String sql) {
    return new RowCondition(sql, refused(sql));
  }

  private static Optional<String> refused(String sql) {
    try {
      Syntax.expression(sql);
      Syntax syntax = Syntax.of("SELECT " + sql);
      if (syntax.tree().expressions(PlanExpression.class).findAny().isPresent()) {
        return Optional.of("it has a sub-query, and is asked of one row at a time");
      }
      if (namesNoColumn(syntax.tree())) {
        return Optional.of(
            "it compares text with text, and no column: \"user_id\" is a text, user_id or `user_id` is a column");
      }
      return RefusedFunctions.unrepeatable(syntax);
    } catch (AnalysisException unreadable) {
      return Optional.of(SparkMessage.of(unreadable));
    }
  }

  /** As whoever quotes names as other engines do gets it: true of all rows, or of none. */
  private static boolean namesNoColumn(SqlTree tree) {
    return tree.expressions(BinaryComparison.class)
        .anyMatch(
            compared -> compared.left() instanceof Literal && compared.right() instanceof Literal);
  }

  public Column column() {
    return expr(sql);
  }

  /** Why it cannot be asked of rows of these columns; empty if it can. */
  public Optional<Unusable> unusable(SparkSession spark, StructType columns) {
    try {
      SqlTree tree =
          new SqlTree(
              spark
                  .createDataFrame(List.of(), columns)
                  .where(column())
                  .queryExecution()
                  .analyzed());
      return tree.expressions().stream().allMatch(Expression::deterministic)
          ? Optional.empty()
          : Optional.of(new Unusable("it gives other values in every run", false));
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
   * @param lacksColumn whether only because there is no such column
   */
  public record Unusable(String why, boolean lacksColumn) {}
}
