package io.tidemark.view.validation;

import io.tidemark.view.Syntax;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedHaving;
import org.apache.spark.sql.catalyst.expressions.BaseGroupingSets;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.expressions.UnresolvedWindowExpression;
import org.apache.spark.sql.catalyst.expressions.WindowExpression;
import org.apache.spark.sql.catalyst.plans.JoinType;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.Distinct;
import org.apache.spark.sql.catalyst.plans.logical.GlobalLimit;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LateralJoin;
import org.apache.spark.sql.catalyst.plans.logical.LocalLimit;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Offset;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.Pivot;
import org.apache.spark.sql.catalyst.plans.logical.Sample;
import org.apache.spark.sql.catalyst.plans.logical.SetOperation;
import org.apache.spark.sql.catalyst.plans.logical.Sort;
import org.apache.spark.sql.catalyst.plans.logical.Union;

/** Parts of a SELECT that a stream cannot run, or runs to another end than a batch. */
record RefusedClauses(Syntax syntax, SqlProblems problems) {

  void check() {
    syntax.tree().plans().forEach(this::check);
    syntax
        .calls()
        .filter(UnresolvedFunction::isDistinct)
        .forEach(
            call ->
                problems.refuse(
                    syntax.tree().line(call),
                    "use %s(DISTINCT …)".formatted(Syntax.name(call)),
                    "a stream does not keep the values that it has met",
                    "use approx_count_distinct, which is exactly the same in stream and batch, or make the column part of the key"));
    syntax.tree().expressions().stream()
        .filter(
            part -> part instanceof UnresolvedWindowExpression || part instanceof WindowExpression)
        .forEach(
            over ->
                problems.refuse(
                    syntax.tree().line(over),
                    "use OVER",
                    "a stream never has all rows of a partition",
                    "group by a window over event_time instead"));
    syntax
        .tree()
        .expressions(PlanExpression.class)
        .forEach(
            query ->
                problems.refuse(
                    syntax.tree().line(query),
                    "use a sub-query in an expression",
                    "a stream cannot run it, and its rows may change between stream and batch",
                    "JOIN the dimension on its key"));
    syntax.tree().expressions().stream()
        .filter(BaseGroupingSets.class::isInstance)
        .forEach(
            sets ->
                problems.refuse(
                    syntax.tree().line(sets),
                    "use GROUPING SETS, CUBE or ROLLUP",
                    "its rows of sub-totals have no key of their own",
                    "write one view for each grouping"));
  }

  private void check(LogicalPlan part) {
    if (part instanceof Distinct && !isUnion(part)) {
      refuse(
          part,
          "use SELECT DISTINCT",
          "a stream does not keep the rows that it has met",
          "list the columns under GROUP BY");
    } else if (part instanceof UnresolvedHaving having) {
      problems.refuse(
          syntax.tree().line(having.havingCondition()),
          "use HAVING",
          "a row that no longer meets it would stay in the table",
          "write the condition where the view is read");
    } else if (part instanceof Sort) {
      refuse(
          part,
          "use ORDER BY",
          "a table has no order, and a stream cannot sort",
          "sort where the view is read");
    } else if (part instanceof GlobalLimit
        || part instanceof LocalLimit
        || part instanceof Offset) {
      refuse(
          part,
          "use LIMIT or OFFSET",
          "which rows it takes depends on their order",
          "limit where the view is read");
    } else if (part instanceof Union || part instanceof SetOperation) {
      refuse(
          part,
          "use UNION, INTERSECT or EXCEPT",
          "a view is one SELECT over one events table",
          "write one view for each SELECT");
    } else if (part instanceof Sample) {
      refuse(
          part,
          "use TABLESAMPLE",
          "it picks different rows in every run",
          "filter by a field of the event, for example hash(event_id) % 100 = 0");
    } else if (part instanceof Pivot) {
      refuse(
          part,
          "use PIVOT",
          "its columns are not those of the key",
          "write one sum(IF(…)) for each column");
    } else if (part instanceof LateralJoin) {
      refuse(part, "use a LATERAL join", "a stream cannot run it", "JOIN the dimension on its key");
    } else if (part instanceof Join join && isOuter(join.joinType())) {
      refuse(
          part,
          "use a RIGHT or FULL join",
          "rows without an event belong to no window",
          "put the events first and use LEFT JOIN");
    } else if (part instanceof Command || part instanceof ParsedStatement) {
      refuse(part, "use this statement", "a view is one SELECT", "leave everything else out");
    }
  }

  private boolean isUnion(LogicalPlan distinct) {
    return distinct.children().head() instanceof Union;
  }

  /** USING and NATURAL wrap the type of the join, and its text contains it. */
  private static boolean isOuter(JoinType type) {
    return type.sql().contains("RIGHT OUTER") || type.sql().contains("FULL OUTER");
  }

  /**
   * More than one, whichever query they stand in, is two aggregations in a row or a join of two.
   */
  void checkOneAggregation() {
    long groups = syntax.tree().plans(Aggregate.class).count();
    if (groups > 1) {
      LogicalPlan inner = syntax.tree().plans(Aggregate.class).skip(1).findFirst().orElseThrow();
      refuse(
          inner,
          "aggregate twice",
          "a stream cannot aggregate what still changes",
          "write one GROUP BY, or a second view over the events");
    }
  }

  private void refuse(LogicalPlan part, String what, String why, String remedy) {
    problems.refuse(syntax.tree().line(part), what, why, remedy);
  }
}
