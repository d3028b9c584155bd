package io.tidemark.table;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.CatalystTypeConverters;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import scala.Function1;

/** Rows that the driver has, as Spark would hand them out: without a plan, which takes longer. */
public final class FewRows {
  private FewRows() {}

  /** Whether they are: a query that only selects from them runs no job. */
  static boolean are(Dataset<Row> rows) {
    LogicalPlan plan = rows.queryExecution().analyzed();
    while (plan instanceof Project selection) {
      plan = selection.child();
    }
    return plan instanceof LocalRelation;
  }

  /** The rows of a small table. */
  public static List<Row> of(Dataset<Row> rows) {
    if (!(rows.queryExecution().analyzed() instanceof LocalRelation local)) {
      // In other columns than the table has: Spark makes them without a job.
      return rows.collectAsList();
    }
    Function1<Object, Object> external =
        CatalystTypeConverters.createToScalaConverter(rows.schema());
    return asJava(local.data()).stream().map(row -> (Row) external.apply(row)).toList();
  }
}
