package io.tidemark.reconcile;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.List;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;

/** A SELECT over the tables of a lake. */
final class Query {
  private Query() {}

  /**
   * @param tables those there are, for the error message
   * @throws InvalidQueryException if it is no SQL, would change something, or names what is not
   *     there
   */
  static Dataset<Row> run(SparkSession spark, String sql, List<String> tables) {
    try {
      return select(spark, sql);
    } catch (AnalysisException e) {
      String remedy =
          "TABLE_OR_VIEW_NOT_FOUND".equals(e.getCondition())
              ? "%nThe tables are: %s".formatted(String.join(", ", tables))
              : "";
      throw new InvalidQueryException(
          "Cannot run the query: %s%s".formatted(e.getSimpleMessage(), remedy), e);
    }
  }

  private static Dataset<Row> select(SparkSession spark, String sql) throws AnalysisException {
    CatalystSqlParser parser = new CatalystSqlParser();
    if (changes(parser.parsePlan(sql)) || !isQuery(parser, sql)) {
      throw new InvalidQueryException(
          "Cannot run the query: it is not a SELECT, and a query changes nothing.", null);
    }
    return spark.sql(sql);
  }

  /** False for what Spark runs while it analyses, such as CALL and EXECUTE IMMEDIATE. */
  private static boolean isQuery(CatalystSqlParser parser, String sql) {
    try {
      // Only a whole statement may end with semicolons.
      parser.parseQuery(sql.replaceFirst("[;\\s]+$", ""));
      return true;
    } catch (Exception otherStatement) { // A ParseException, which Scala does not declare.
      return false;
    }
  }

  private static boolean changes(LogicalPlan plan) {
    return plan instanceof Command
        || plan instanceof ParsedStatement
        || asJava(plan.children()).stream().anyMatch(Query::changes);
  }
}
