package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedStar;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PlanExpression;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.QueryPlan;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/** What a SELECT says, before any table or function in it is known. */
final class Syntax {
  private final List<LogicalPlan> plans = new ArrayList<>();
  private final List<Expression> expressions = new ArrayList<>();

  private Syntax(LogicalPlan statement) {
    visit(statement);
  }

  /**
   * @throws AnalysisException with the place, if it is no SQL
   */
  static Syntax of(String sql) throws AnalysisException {
    return new Syntax(new CatalystSqlParser().parsePlan(sql));
  }

  /** Every relation and clause, those of sub-queries and WITH too. */
  List<LogicalPlan> plans() {
    return plans;
  }

  /** Every expression, with all parts of it. */
  List<Expression> expressions() {
    return expressions;
  }

  /** Calls of a function, by its name in lower case. */
  Stream<UnresolvedFunction> calls(String name) {
    return only(expressions, UnresolvedFunction.class).filter(call -> name(call).equals(name));
  }

  static String name(UnresolvedFunction call) {
    return String.join(".", asJava(call.nameParts())).toLowerCase(Locale.ROOT);
  }

  /** Names of tables as they are written, once for each time. */
  Stream<String> relations() {
    return only(plans, UnresolvedRelation.class).map(UnresolvedRelation::tableName);
  }

  /** Last parts of all names that may be columns, in lower case; a star is {@code *}. */
  Stream<String> columns() {
    return Stream.concat(
            only(expressions, UnresolvedAttribute.class)
                .flatMap(name -> asJava(name.nameParts()).stream()),
            only(expressions, UnresolvedStar.class).map(star -> "*"))
        .map(name -> name.toLowerCase(Locale.ROOT));
  }

  static <T> Stream<T> only(List<?> nodes, Class<T> type) {
    return nodes.stream().filter(type::isInstance).map(type::cast);
  }

  private void visit(LogicalPlan plan) {
    plans.add(plan);
    asJava(plan.expressions()).forEach(this::visit);
    asJava(plan.children()).forEach(this::visit);
    for (var inner : asJava(plan.innerChildren())) {
      if (inner instanceof LogicalPlan query && !plan.children().contains(query)) {
        visit(query);
      }
    }
  }

  private void visit(Expression expression) {
    expressions.add(expression);
    if (expression instanceof PlanExpression<?> query
        && (QueryPlan<?>) query.plan() instanceof LogicalPlan plan) {
      visit(plan);
    }
    asJava(expression.children()).forEach(this::visit);
  }
}
