package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.view.Syntax;
import java.util.List;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAlias;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NamedExpression;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;

/** Every expression that becomes a column of the view has a name: Spark would make one up. */
record NamesCheck(Syntax syntax, SqlProblems problems) {

  /** Whether all have one; tells of each that has none. */
  boolean check() {
    List<UnresolvedAlias> unnamed =
        syntax.tree().plans().stream()
            .filter(plan -> plan instanceof Project || plan instanceof Aggregate)
            .findFirst()
            .map(NamesCheck::columns)
            .orElse(List.of())
            .stream()
            .filter(UnresolvedAlias.class::isInstance)
            .map(UnresolvedAlias.class::cast)
            .toList();
    for (UnresolvedAlias each : unnamed) {
      problems.refuse(
          syntax.tree().line(each.child()),
          "make a column of %s".formatted(text(each.child())),
          "it has no name",
          "give it one with AS; if the view groups by it, list that name in the view's key");
    }
    return unnamed.isEmpty();
  }

  private static List<? extends NamedExpression> columns(LogicalPlan select) {
    return select instanceof Aggregate aggregate
        ? asJava(aggregate.aggregateExpressions())
        : asJava(((Project) select).projectList());
  }

  /** As it is written. */
  private static String text(Expression expression) {
    String written = expression.origin().context().fragment();
    return (written.isBlank() ? expression.sql() : written).replaceAll("\\s+", " ");
  }
}
