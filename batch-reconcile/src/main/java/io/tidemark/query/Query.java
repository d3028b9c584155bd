package io.tidemark.query;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.table.TableFormat;
import java.util.SortedMap;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.DescribeRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.ShowTables;
import org.apache.spark.sql.execution.SparkSqlParser;

/** A SELECT over the tables of a lake, or a question which tables and columns there are. */
final class Query {
  private Query() {}

  /**
   * @param tables those there are
   * @throws InvalidQueryException if it is no SQL, would change something, or names what is not
   *     there
   */
  static Dataset<Row> run(SparkSession spark, String sql, SortedMap<String, TableFormat> tables) {
    Tables known = new Tables(spark, tables);
    try {
      return rows(spark, sql, known);
    } catch (AnalysisException e) {
      throw new InvalidQueryException(
          "Cannot run the query: "
              + ("TABLE_OR_VIEW_NOT_FOUND".equals(e.getCondition())
                  ? known.missing(e.getMessageParameters().get("relationName"))
                  : e.getSimpleMessage()),
          e);
    }
  }

  private static Dataset<Row> rows(SparkSession spark, String sql, Tables tables)
      throws AnalysisException {
    LogicalPlan plan = new SparkSqlParser().parsePlan(sql);
    if (plan instanceof ShowTables show) {
      return tables.show(show);
    }
    if (plan instanceof DescribeRelation describe) {
      return tables.describe(describe);
    }
    if (changes(plan) || !isQuery(sql)) {
      throw new InvalidQueryException(
          "Cannot run the query: only SELECT, SHOW TABLES [IN schema] and DESCRIBE table are allowed.",
          null);
    }
    return spark.sql(sql);
  }

  /** False for what Spark runs while it analyses, such as CALL and EXECUTE IMMEDIATE. */
  private static boolean isQuery(String sql) {
    try {
      // Only a whole statement may end with semicolons.
      new CatalystSqlParser().parseQuery(sql.replaceFirst("[;\\s]+$", ""));
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
