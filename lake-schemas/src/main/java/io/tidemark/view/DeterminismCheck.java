package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import org.apache.spark.sql.catalyst.expressions.CurrentBatchTimestamp;
import org.apache.spark.sql.catalyst.expressions.CurrentDate;
import org.apache.spark.sql.catalyst.expressions.CurrentTimestampLike;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.LocalTimestamp;

/** What {@link RefusedFunctions} does not know by name, Spark may know by nature. */
record DeterminismCheck(SqlTree tree, Findings findings) {
  void check() {
    for (Expression expression : tree.expressions()) {
      boolean isSource =
          !expression.deterministic()
              && asJava(expression.children()).stream().allMatch(Expression::deterministic);
      if (isSource || isClock(expression)) {
        findings.refuse(
            tree.line(expression),
            "use %s".formatted(expression.prettyName()),
            "its value is another in every run, so stream and batch would differ",
            "derive the value from the event's fields");
      }
    }
  }

  private static boolean isClock(Expression expression) {
    return expression instanceof CurrentTimestampLike
        || expression instanceof CurrentDate
        || expression instanceof LocalTimestamp
        || expression instanceof CurrentBatchTimestamp;
  }
}
