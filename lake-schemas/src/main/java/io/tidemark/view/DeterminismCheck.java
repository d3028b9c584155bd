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
      ClockText.of(expression)
          .ifPresent(
              text ->
                  findings.refuse(
                      tree.line(expression),
                      "use '%s' as a time".formatted(text),
                      "Spark reads the clock for it, and a recomputation runs at another time",
                      "write the date, or take the time from the event: event_time, or another of"
                          + " its fields"));
    }
  }

  private static boolean isClock(Expression expression) {
    return expression instanceof CurrentTimestampLike
        || expression instanceof CurrentDate
        || expression instanceof LocalTimestamp
        || expression instanceof CurrentBatchTimestamp;
  }
}
