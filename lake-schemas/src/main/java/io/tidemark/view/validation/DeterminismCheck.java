package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.view.SqlTree;
import org.apache.spark.sql.catalyst.expressions.CurrentBatchTimestamp;
import org.apache.spark.sql.catalyst.expressions.CurrentDate;
import org.apache.spark.sql.catalyst.expressions.CurrentTimestampLike;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.LocalTimestamp;

/** What {@link RefusedFunctions} does not know by name, Spark may know by nature. */
record DeterminismCheck(SqlTree tree, SqlProblems problems) {
  void check() {
    for (Expression expression : tree.expressions()) {
      boolean isSource =
          !expression.deterministic()
              && asJava(expression.children()).stream().allMatch(Expression::deterministic);
      if (isSource || isClock(expression)) {
        problems.refuse(
            tree.line(expression),
            "use %s".formatted(expression.prettyName()),
            "its value differs in every run, so stream and batch would not agree",
            "derive the value from the event's fields");
      }
      // Of a cast that raises an error RaisingCheck tells, with the same remedy.
      ClockText.ofRows(expression)
          .filter(RaisingCheck::isTry)
          .ifPresent(
              cast ->
                  problems.refuse(
                      tree.line(expression),
                      "cast the text %s to a timestamp".formatted(cast.child().sql()),
                      "Spark reads a time of day, such as '12:30', as one of today, and a"
                          + " recomputation runs on another day",
                      "write " + ClockText.REMEDY));
      ClockText.of(expression)
          .ifPresent(
              text ->
                  problems.refuse(
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
