package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.view.SqlTree;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.spark.sql.catalyst.expressions.Abs;
import org.apache.spark.sql.catalyst.expressions.BinaryArithmetic;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.NonSQLExpression;
import org.apache.spark.sql.catalyst.expressions.PreciseTimestampConversion;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.TryEval;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateFunction;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/**
 * In ANSI mode an expression may raise an error, and one bad value would stop the view. So each is
 * one that is known never to, by its operation and types, or it is refused.
 *
 * @param known whether an expression raises nothing whatever its arguments are
 */
record RaisingCheck(SqlTree tree, SqlProblems problems, Predicate<Expression> known) {
  RaisingCheck(SqlTree tree, SqlProblems problems) {
    this(tree, problems, NeverRaising::contains);
  }

  void check() {
    for (LogicalPlan plan : tree.plans()) {
      for (Expression expression : asJava(plan.expressions())) {
        // Spark's own arithmetic for windows is over timestamps, which leave room for it.
        if (!expression.exists(part -> part instanceof PreciseTimestampConversion)) {
          check(expression, tree.line(expression));
        }
      }
    }
  }

  private void check(Expression expression, int line) {
    if (expression instanceof TryEval || isConstant(expression)) {
      return;
    }
    Optional<Refusal> refusal = refusal(expression);
    if (refusal.isPresent()
        && expression instanceof RuntimeReplaceable replaceable
        && !(replaceable.replacement() instanceof NonSQLExpression)) {
      check(replaceable.replacement(), line);
      return;
    }
    refusal.ifPresent(each -> add(expression, line, each));
    asJava(expression.children()).forEach(child -> check(child, tree.line(child, line)));
  }

  /** A constant has one value: it raises when the view is read first, or never. */
  static boolean isConstant(Expression expression) {
    if (!expression.foldable()) {
      return false;
    }
    try {
      expression.eval(null);
      return true;
    } catch (RuntimeException e) {
      return false;
    }
  }

  private void add(Expression expression, int line, Refusal refusal) {
    problems.refuse(
        line,
        "evaluate %s".formatted(expression.sql()),
        refusal.why() + ", which stops the view in ANSI mode",
        refusal.remedy());
  }

  private Optional<Refusal> refusal(Expression expression) {
    if (expression instanceof Cast cast) {
      return isTry(cast) || neverFails(cast.child().dataType(), cast.dataType())
          ? Optional.empty()
          : Optional.of(
              new Refusal(
                  "not every %s is %s %s"
                      .formatted(
                          cast.child().dataType().sql(),
                          article(cast.dataType()),
                          cast.dataType().sql()),
                  ClockText.ofRows(cast).isPresent()
                      ? "write " + ClockText.REMEDY
                      : "write try_cast(… AS %s)".formatted(cast.dataType().sql())));
    }
    if (expression instanceof BinaryArithmetic
        || expression instanceof UnaryMinus
        || expression instanceof Abs) {
      return isTry(expression) ? Optional.empty() : Arithmetic.refusal(expression);
    }
    // What an aggregate may be is for AggregateCheck to say, and what it does for its sums.
    if (expression instanceof AggregateFunction || known.test(expression)) {
      return Optional.empty();
    }
    return Optional.of(
        new Refusal(
            "%s raises an error on some values, or may do so".formatted(expression.prettyName()),
            "write %s".formatted(NeverRaising.remedy(expression.prettyName()))));
  }

  private static String article(DataType type) {
    return "AEIOU".indexOf(type.sql().charAt(0)) < 0 ? "a" : "an";
  }

  /** Whether Spark resolved the expression to the form that gives null where others raise. */
  static boolean isTry(Expression expression) {
    return expression instanceof Cast cast && cast.evalMode().toString().equals("TRY")
        || expression instanceof BinaryArithmetic arithmetic
            && !arithmetic.evalMode().toString().equals("ANSI");
  }

  private static boolean neverFails(DataType from, DataType to) {
    boolean isTimestampToDate =
        to.equals(DataTypes.DateType)
            && (from.equals(DataTypes.TimestampType) || from.equals(DataTypes.TimestampNTZType));
    boolean isTruth = to.equals(DataTypes.BooleanType) && from instanceof NumericType;
    boolean isOfTruth = from.equals(DataTypes.BooleanType) && to instanceof NumericType;
    // A date may be further away than a timestamp can be.
    boolean isDateToTime =
        from.equals(DataTypes.DateType)
            && (to.equals(DataTypes.TimestampType) || to.equals(DataTypes.TimestampNTZType));
    return Cast.canUpCast(from, to) && !isDateToTime || isTimestampToDate || isTruth || isOfTruth;
  }

  /** Why an expression is refused, and what to write instead. */
  record Refusal(String why, String remedy) {}
}
