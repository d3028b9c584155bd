package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.trees.TreeNode;

/** Everything in a SELECT, sub-queries and WITH too, and the line that each part stands on. */
public final class SqlTree {
  private final List<LogicalPlan> plans = new ArrayList<>();
  private final List<Expression> expressions = new ArrayList<>();
  private final Map<TreeNode<?>, Integer> lines = new IdentityHashMap<>();

  public SqlTree(LogicalPlan root) {
    visit(root, 1);
  }

  /** Every relation and clause, from the outside in. */
  public List<LogicalPlan> plans() {
    return plans;
  }

  /** Every expression, and then its parts. */
  public List<Expression> expressions() {
    return expressions;
  }

  public <T> Stream<T> plans(Class<T> type) {
    return plans.stream().filter(type::isInstance).map(type::cast);
  }

  public <T> Stream<T> expressions(Class<T> type) {
    return expressions.stream().filter(type::isInstance).map(type::cast);
  }

  /** The line of a part; Spark knows none for what it added itself, which then has its parent's. */
  public int line(TreeNode<?> part) {
    return line(part, 1);
  }

  /**
   * @param otherwise the line of a part that is none of this tree's
   */
  public int line(TreeNode<?> part, int otherwise) {
    return lines.getOrDefault(part, otherwise);
  }

  private void visit(LogicalPlan plan, int outer) {
    int line = place(plan, outer);
    plans.add(plan);
    asJava(plan.expressions()).forEach(expression -> visit(expression, line));
    List<LogicalPlan> children = asJava(plan.children());
    children.forEach(child -> visit(child, line));
    for (Object inner : asJava(plan.innerChildren())) {
      if (inner instanceof LogicalPlan query && !children.contains(query)) {
        visit(query, line);
      }
    }
  }

  private void visit(Expression expression, int outer) {
    int line = place(expression, outer);
    expressions.add(expression);
    if (expression instanceof PlanExpression<?> query) {
      TreeNode<?> plan = (TreeNode<?>) query.plan();
      if (plan instanceof LogicalPlan logical) {
        visit(logical, line);
      }
    }
    asJava(expression.children()).forEach(child -> visit(child, line));
  }

  private int place(TreeNode<?> node, int outer) {
    Object own = node.origin().line().getOrElse(() -> outer);
    lines.put(node, (Integer) own);
    return (Integer) own;
  }
}
