package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.view.SqlTree;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.And;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.ExprId;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.Max;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;

/**
 * A join with a dimension multiplies no event, and what it adds cannot make a stream's number
 * differ from a batch's: it stands in the key, or under max.
 */
final class DimensionCheck {
  private final SqlTree tree;
  private final SqlProblems problems;
  private final Map<String, DimensionSource> dimensions;

  /** Attributes of dimensions, and what is computed from them. */
  private final Set<ExprId> attributes = new HashSet<>();

  private final Map<String, Map<ExprId, String>> columns = new HashMap<>();

  DimensionCheck(SqlTree tree, List<DimensionSource> dimensions, SqlProblems problems) {
    this.tree = tree;
    this.problems = problems;
    this.dimensions =
        dimensions.stream().collect(Collectors.toMap(DimensionSource::name, each -> each));
  }

  void check() {
    Deque<LogicalPlan> inside = new ArrayDeque<>();
    tree.plans().forEach(inside::push);
    inside.forEach(this::check);
  }

  private void check(LogicalPlan plan) {
    if (plan instanceof SubqueryAlias alias && dimensions.containsKey(alias.alias())) {
      Map<ExprId, String> names = new HashMap<>();
      asJava(plan.output()).forEach(column -> names.put(column.exprId(), column.name()));
      columns.put(alias.alias(), names);
      attributes.addAll(names.keySet());
    } else if (plan instanceof Project project) {
      asJava(project.projectList()).stream()
          .filter(column -> column instanceof Alias && isOfDimension((Expression) column))
          .forEach(column -> attributes.add(column.exprId()));
    } else if (plan instanceof Filter filter && isOfDimension(filter.condition())) {
      refuseAttribute(filter.condition(), "filter by a dimension's attribute");
    } else if (plan instanceof Join join) {
      check(join);
    } else if (plan instanceof Aggregate) {
      asJava(plan.expressions()).forEach(this::checkMeasures);
    }
  }

  private void check(Join join) {
    for (String name : columns.keySet()) {
      Set<ExprId> ofDimension = columns.get(name).keySet();
      Set<ExprId> left = ids(join.left());
      Set<ExprId> right = ids(join.right());
      if (left.stream().anyMatch(ofDimension::contains)
          == right.stream().anyMatch(ofDimension::contains)) {
        continue;
      }
      Set<String> equated = new HashSet<>();
      if (join.condition().isDefined()) {
        collectEquated(join.condition().get(), columns.get(name), equated);
      }
      List<String> key = dimensions.get(name).key();
      if (!equated.containsAll(key)) {
        problems.refuse(
            tree.line(join),
            "join %s".formatted(name),
            "the condition does not equate its whole key %s, so that an event could meet several rows and count more than once"
                .formatted(String.join(", ", key)),
            "join ON %s"
                .formatted(
                    key.stream()
                        .map(column -> "%s.%s = …".formatted(name, column))
                        .collect(Collectors.joining(" AND "))));
      }
    }
  }

  private void collectEquated(
      Expression condition, Map<ExprId, String> names, Set<String> equated) {
    if (condition instanceof And and) {
      collectEquated(and.left(), names, equated);
      collectEquated(and.right(), names, equated);
    } else if (condition instanceof EqualTo || condition instanceof EqualNullSafe) {
      List<Expression> sides = asJava(condition.children());
      boolean isJoin = isOfDimension(sides.get(0)) != isOfDimension(sides.get(1));
      for (Expression side : sides) {
        if (isJoin && side instanceof Attribute column && names.containsKey(column.exprId())) {
          equated.add(names.get(column.exprId()).toLowerCase(Locale.ROOT));
        }
      }
    } else if (isOfDimension(condition)) {
      refuseAttribute(condition, "join by a dimension's attribute");
    }
  }

  private void checkMeasures(Expression expression) {
    if (expression instanceof AggregateExpression aggregate) {
      boolean filtered = aggregate.filter().exists(this::isOfDimension);
      if (filtered || isOfDimension(aggregate) && !(aggregate.aggregateFunction() instanceof Max)) {
        refuseAttribute(expression, "aggregate %s".formatted(aggregate.sql()));
      }
    } else {
      asJava(expression.children()).forEach(this::checkMeasures);
    }
  }

  private void refuseAttribute(Expression expression, String what) {
    problems.refuse(
        tree.line(expression),
        what,
        "a dimension changes between the stream and the batch, and so would the number",
        "group by the attribute and name it in the key, or show it under max");
  }

  private boolean isOfDimension(Expression expression) {
    return asJava(expression.references().toSeq()).stream()
        .anyMatch(attribute -> attributes.contains(attribute.exprId()));
  }

  private static Set<ExprId> ids(LogicalPlan plan) {
    return asJava(plan.output()).stream().map(Attribute::exprId).collect(Collectors.toSet());
  }
}
