package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.expressions.Abs;
import org.apache.spark.sql.catalyst.expressions.BinaryArithmetic;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.PreciseTimestampConversion;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.TryEval;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateFunction;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;

/** In ANSI mode an expression may raise an error, and one bad value would stop the view. */
record RaisingCheck(SqlTree tree, Findings findings) {
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
    if (expression instanceof RuntimeReplaceable replaceable) {
      check(replaceable.replacement(), line);
      return;
    }
    if (isAnsi(expression) && !(expression instanceof AggregateFunction)) {
      refusal(expression).ifPresent(refusal -> add(expression, line, refusal));
    }
    asJava(expression.children()).forEach(child -> check(child, tree.line(child, line)));
  }

  /** A constant has one value: it raises when the view is read first, or never. */
  private static boolean isConstant(Expression expression) {
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
    findings.refuse(
        line,
        "evaluate %s".formatted(expression.sql()),
        refusal.why() + ", which stops the view in ANSI mode",
        refusal.remedy());
  }

  private static Optional<Refusal> refusal(Expression expression) {
    if (expression instanceof Cast cast) {
      return neverFails(cast.child().dataType(), cast.dataType())
          ? Optional.empty()
          : Optional.of(
              new Refusal(
                  "not every %s is a %s"
                      .formatted(cast.child().dataType().sql(), cast.dataType().sql()),
                  "write try_cast(… AS %s)".formatted(cast.dataType().sql())));
    }
    if (expression instanceof BinaryArithmetic
        || expression instanceof UnaryMinus
        || expression instanceof Abs) {
      return Arithmetic.refusal(expression);
    }
    return Optional.of(
        new Refusal(
            "%s raises an error on some values".formatted(expression.prettyName()),
            "write try_%s, or test the value with CASE".formatted(expression.prettyName())));
  }

  private static boolean neverFails(DataType from, DataType to) {
    boolean isTimestampToDate =
        to.equals(DataTypes.DateType)
            && (from.equals(DataTypes.TimestampType) || from.equals(DataTypes.TimestampNTZType));
    boolean isTruth = to.equals(DataTypes.BooleanType) && from instanceof NumericType;
    boolean isOfTruth = from.equals(DataTypes.BooleanType) && to instanceof NumericType;
    return Cast.canUpCast(from, to) || isTimestampToDate || isTruth || isOfTruth;
  }

  /** Whether Spark resolved the expression to the form that raises. */
  private static boolean isAnsi(Expression expression) {
    return property(expression, "evalMode")
        .map(mode -> mode.toString().equals("ANSI"))
        .orElseGet(
            () ->
                Stream.of("failOnError", "ansiEnabled")
                    .anyMatch(name -> property(expression, name).equals(Optional.of(true))));
  }

  /** Spark's expressions have these properties, and no type that says so. */
  private static Optional<Object> property(Expression expression, String name) {
    try {
      return Optional.ofNullable(expression.getClass().getMethod(name).invoke(expression));
    } catch (NoSuchMethodException | IllegalAccessException e) {
      return Optional.empty();
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("Cannot ask %s for %s".formatted(expression, name), e);
    }
  }

  /** Why an expression is refused, and what to write instead. */
  record Refusal(String why, String remedy) {}
}
