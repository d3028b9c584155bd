package io.tidemark.view.validation;

import io.tidemark.view.SqlTree;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Collate;
import org.apache.spark.sql.catalyst.expressions.Expression;

/**
 * Texts that a collation calls equal are one group and one maximum, and which of them stands in the
 * row depends on the order of the events.
 */
record CollationCheck(SqlTree tree, SqlProblems problems) {
  void check() {
    tree.expressions().stream()
        .filter(CollationCheck::isCollated)
        .mapToInt(tree::line)
        .distinct()
        .forEach(
            line ->
                problems.refuse(
                    line,
                    "use a collation",
                    "which of several equal texts a row shows depends on the order of the events",
                    "write lower(…) or upper(…) of the text"));
  }

  /** Nothing else makes a text of a collation. */
  private static boolean isCollated(Expression expression) {
    return (expression instanceof Collate || expression instanceof Cast)
        && expression.dataType().sql().contains(" COLLATE ");
  }
}
