package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateFunction;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** What a stream of a view keeps between batches, in the types that Spark keeps it in. */
final class StateShape {
  private StateShape() {}

  /** One line: the types of what is grouped by, then those of what is counted. */
  static String of(LogicalPlan analyzed) {
    return new SqlTree(analyzed)
        .plans(Aggregate.class)
        .map(StateShape::of)
        .collect(Collectors.joining("; "));
  }

  private static String of(Aggregate aggregate) {
    List<String> keys =
        asJava(aggregate.groupingExpressions()).stream()
            .map(group -> group.dataType().sql() + (group.nullable() ? "" : " NOT NULL"))
            .toList();
    List<String> counted = new ArrayList<>();
    asJava(aggregate.aggregateExpressions())
        .forEach(column -> collect((Expression) column, counted));
    return "by " + String.join(", ", keys) + ": " + String.join(", ", counted);
  }

  private static void collect(Expression expression, List<String> counted) {
    if (expression instanceof AggregateExpression aggregate) {
      AggregateFunction function = aggregate.aggregateFunction();
      Expression kept =
          function instanceof RuntimeReplaceable replaceable ? replaceable.replacement() : function;
      counted.add(function.prettyName() + " " + buffers(kept));
    } else {
      asJava(expression.children()).forEach(child -> collect(child, counted));
    }
  }

  private static String buffers(Expression kept) {
    return kept instanceof AggregateFunction function
        ? asJava(function.aggBufferAttributes()).stream()
            .map(buffer -> buffer.dataType().sql())
            .collect(Collectors.joining(" "))
        : kept.dataType().sql();
  }
}
