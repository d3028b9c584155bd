package io.tidemark.view.validation;

import io.tidemark.view.SqlTree;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateFunction;
import org.apache.spark.sql.catalyst.expressions.aggregate.Average;
import org.apache.spark.sql.catalyst.expressions.aggregate.BitAggregate;
import org.apache.spark.sql.catalyst.expressions.aggregate.Count;
import org.apache.spark.sql.catalyst.expressions.aggregate.CountIf;
import org.apache.spark.sql.catalyst.expressions.aggregate.HyperLogLogPlusPlus;
import org.apache.spark.sql.catalyst.expressions.aggregate.Max;
import org.apache.spark.sql.catalyst.expressions.aggregate.Min;
import org.apache.spark.sql.catalyst.expressions.aggregate.Sum;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.LongType;

/**
 * An aggregate has the same result whatever the order of its rows, exactly, and cannot overflow.
 */
record AggregateCheck(SqlTree tree, SqlProblems problems) {
  /** Digits that a sum needs beyond those of what it adds: a billion rows in one group. */
  private static final int HEADROOM = 9;

  /** Those whose classes Spark keeps apart only by name. */
  private static final Set<String> EXACT =
      Set.of("bool_and", "bool_or", "every", "some", "any", "regr_count");

  void check() {
    tree.expressions(AggregateExpression.class)
        .filter(aggregate -> !aggregate.isDistinct())
        .forEach(aggregate -> check(aggregate.aggregateFunction(), tree.line(aggregate)));
  }

  private void check(AggregateFunction function, int line) {
    if (function instanceof Sum sum) {
      checkSum("sum", sum.child(), line);
    } else if (function instanceof Average average) {
      if (average.child().dataType() instanceof DecimalType) {
        checkSum("avg", average.child(), line);
      } else {
        problems.refuse(
            line,
            "average %s %s".formatted(average.child().dataType().sql(), average.child().sql()),
            "Spark adds it up as DOUBLE, and such a sum depends on the order of the rows",
            "use sum and count, and divide where the view is read, or CAST to DECIMAL");
      }
    } else if (!isExact(function)) {
      problems.refuse(
          line,
          "use %s".formatted(function.prettyName()),
          "its result may depend on the order of the rows",
          "use count, count_if, sum, avg of DECIMAL, min, max, bool_and, bool_or, bit_and, bit_or, bit_xor or approx_count_distinct");
    }
  }

  private void checkSum(String name, Expression summed, int line) {
    DataType type = summed.dataType();
    if (type instanceof DoubleType || type instanceof FloatType) {
      problems.refuse(
          line,
          "%s %s %s".formatted(name, type.sql(), summed.sql()),
          "such a sum depends on the order of the rows",
          "CAST to DECIMAL, or keep the field as DECIMAL in the schema");
    } else if (type instanceof LongType) {
      problems.refuse(
          line,
          "%s BIGINT %s".formatted(name, summed.sql()),
          "it may overflow, and then it stops the view",
          "sum CAST(… AS DECIMAL(20, 0)), or an INT");
    } else if (type instanceof DecimalType decimal
        && decimal.precision() + HEADROOM > DecimalType.MAX_PRECISION()) {
      problems.refuse(
          line,
          "%s %s %s".formatted(name, type.sql(), summed.sql()),
          "it leaves less than %d of %d digits for the sum, which may overflow"
              .formatted(HEADROOM, DecimalType.MAX_PRECISION()),
          "TRY_CAST to a DECIMAL of at most %d digits"
              .formatted(DecimalType.MAX_PRECISION() - HEADROOM));
    }
  }

  private static boolean isExact(AggregateFunction function) {
    return function instanceof Count
        || function instanceof CountIf
        || function instanceof Max
        || function instanceof Min
        || function instanceof BitAggregate
        || function instanceof HyperLogLogPlusPlus
        || EXACT.contains(function.prettyName());
  }
}
