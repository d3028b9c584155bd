package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.ExpressionWithUnresolvedIdentifier;
import org.apache.spark.sql.catalyst.analysis.Star;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.UnresolvedNamedLambdaVariable;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.NaturalJoin;
import org.apache.spark.sql.catalyst.plans.UsingJoin;
import org.apache.spark.sql.catalyst.plans.logical.Aggregate;
import org.apache.spark.sql.catalyst.plans.logical.Filter;
import org.apache.spark.sql.catalyst.plans.logical.Join;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.catalyst.plans.logical.SubqueryAlias;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;

/** What a SELECT says, before any table or function in it is known. */
public record Syntax(SqlTree tree) {
  /**
   * @throws AnalysisException with the place, if it is no SQL
   */
  public static Syntax of(String sql) throws AnalysisException {
    return new Syntax(new SqlTree(new CatalystSqlParser().parsePlan(sql)));
  }

  /**
   * @throws AnalysisException if it is not an expression; Scala does not declare what it throws
   */
  public static Expression expression(String sql) throws AnalysisException {
    return new CatalystSqlParser().parseExpression(sql);
  }

  /** Calls of a function, by its name in lower case. */
  public Stream<UnresolvedFunction> calls(String name) {
    return calls().filter(call -> name(call).equals(name));
  }

  public Stream<UnresolvedFunction> calls() {
    return tree.expressions(UnresolvedFunction.class);
  }

  public static String name(UnresolvedFunction call) {
    return String.join(".", asJava(call.nameParts())).toLowerCase(Locale.ROOT);
  }

  /** Tables that are read, once for each time; names given by WITH are none. */
  public List<UnresolvedRelation> relations() {
    Set<String> named =
        tree.plans(UnresolvedWith.class)
            .flatMap(with -> asJava(with.cteRelations()).stream())
            .map(query -> query._1())
            .collect(Collectors.toSet());
    return tree.plans(UnresolvedRelation.class)
        .filter(relation -> !named.contains(relation.tableName()))
        .toList();
  }

  /**
   * Those of a table's columns that some name means, or may mean where another table has a column
   * of that name. All of them where it is not by name that columns are chosen.
   */
  public List<String> columns(String... table) {
    if (tree.expressions().stream().anyMatch(Syntax::isOfAnyColumn)
        || !tree.plans().stream().allMatch(Syntax::readsByName)) {
      return List.of(table);
    }
    Set<String> names =
        Stream.concat(
                tree.expressions(UnresolvedAttribute.class).map(UnresolvedAttribute::nameParts),
                tree.expressions(UnresolvedNamedLambdaVariable.class)
                    .map(UnresolvedNamedLambdaVariable::nameParts))
            .flatMap(parts -> asJava(parts).stream())
            .map(part -> part.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    return Arrays.stream(table)
        .filter(column -> names.contains(column.toLowerCase(Locale.ROOT)))
        .toList();
  }

  private static boolean isOfAnyColumn(Expression part) {
    return part instanceof Star || part instanceof ExpressionWithUnresolvedIdentifier;
  }

  private static boolean readsByName(LogicalPlan part) {
    return part instanceof Project
        || part instanceof Aggregate
        || part instanceof Filter
        || part instanceof SubqueryAlias
        || part instanceof UnresolvedRelation
        || part instanceof UnresolvedWith
        || part instanceof Join join
            && !(join.joinType() instanceof UsingJoin || join.joinType() instanceof NaturalJoin);
  }
}
