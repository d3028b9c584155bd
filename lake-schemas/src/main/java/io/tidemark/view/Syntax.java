package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.logical.UnresolvedWith;

/** What a SELECT says, before any table or function in it is known. */
record Syntax(SqlTree tree) {
  /**
   * @throws AnalysisException with the place, if it is no SQL
   */
  static Syntax of(String sql) throws AnalysisException {
    return new Syntax(new SqlTree(new CatalystSqlParser().parsePlan(sql)));
  }

  /**
   * @throws AnalysisException if it is no expression; Scala does not declare what it throws
   */
  static void expression(String sql) throws AnalysisException {
    new CatalystSqlParser().parseExpression(sql);
  }

  /** Calls of a function, by its name in lower case. */
  Stream<UnresolvedFunction> calls(String name) {
    return calls().filter(call -> name(call).equals(name));
  }

  Stream<UnresolvedFunction> calls() {
    return tree.expressions(UnresolvedFunction.class);
  }

  static String name(UnresolvedFunction call) {
    return String.join(".", asJava(call.nameParts())).toLowerCase(Locale.ROOT);
  }

  /** Tables that are read, once for each time; names given by WITH are none. */
  List<UnresolvedRelation> relations() {
    Set<String> named =
        tree.plans(UnresolvedWith.class)
            .flatMap(with -> asJava(with.cteRelations()).stream())
            .map(query -> query._1())
            .collect(Collectors.toSet());
    return tree.plans(UnresolvedRelation.class)
        .filter(relation -> !named.contains(relation.tableName()))
        .toList();
  }
}
