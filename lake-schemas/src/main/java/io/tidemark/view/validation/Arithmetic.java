package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.Abs;
import org.apache.spark.sql.catalyst.expressions.Add;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Divide;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.IntegralDivide;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.Multiply;
import org.apache.spark.sql.catalyst.expressions.Pmod;
import org.apache.spark.sql.catalyst.expressions.Remainder;
import org.apache.spark.sql.catalyst.expressions.Subtract;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegralType;

/** Whether arithmetic can leave the range of its type, told from the types alone. */
final class Arithmetic {
  private Arithmetic() {}

  static Optional<RaisingCheck.Refusal> refusal(Expression expression) {
    List<Expression> operands = asJava(expression.children());
    if (expression instanceof Divide
        || expression instanceof Remainder
        || expression instanceof Pmod
        || expression instanceof IntegralDivide) {
      if (!isNonZero(operands.get(1))) {
        return Optional.of(
            new RaisingCheck.Refusal(
                "the divisor may be zero", "write %s".formatted(tryForm(expression))));
      }
    }
    return mayOverflow(expression)
        ? Optional.of(
            new RaisingCheck.Refusal(
                "the result may not fit %s".formatted(expression.dataType().sql()),
                "CAST an operand to a wider type, or write %s".formatted(tryForm(expression))))
        : Optional.empty();
  }

  private static String tryForm(Expression expression) {
    if (expression instanceof Add) {
      return "try_add(a, b)";
    }
    if (expression instanceof Subtract || expression instanceof UnaryMinus) {
      return "try_subtract(a, b)";
    }
    if (expression instanceof Multiply) {
      return "try_multiply(a, b)";
    }
    if (expression instanceof Remainder || expression instanceof Pmod) {
      return "try_mod(a, b)";
    }
    return expression instanceof Abs ? "abs of a wider type" : "try_divide(a, b)";
  }

  private static boolean isNonZero(Expression divisor) {
    if (!RaisingCheck.isConstant(divisor)) {
      return false;
    }
    Object value = divisor.eval(null);
    return value instanceof Decimal decimal
        ? decimal.toJavaBigDecimal().signum() != 0
        : value instanceof Number number && number.doubleValue() != 0;
  }

  private static boolean mayOverflow(Expression expression) {
    DataType type = expression.dataType();
    if (type instanceof DoubleType || type instanceof FloatType) {
      return false;
    }
    if (type instanceof DecimalType decimal) {
      return integerDigits(expression, decimal) > decimal.precision() - decimal.scale();
    }
    return !(type instanceof IntegralType) || largest(expression).compareTo(largest(type)) > 0;
  }

  /** Digits that the result may have before the point. */
  private static int integerDigits(Expression expression, DecimalType result) {
    List<DecimalType> operands =
        asJava(expression.children()).stream()
            .map(Expression::dataType)
            .filter(DecimalType.class::isInstance)
            .map(DecimalType.class::cast)
            .toList();
    List<Integer> digits = operands.stream().map(each -> each.precision() - each.scale()).toList();
    if (expression instanceof Add || expression instanceof Subtract) {
      return Math.max(digits.get(0), digits.get(1)) + 1;
    }
    if (expression instanceof Multiply) {
      return digits.get(0) + digits.get(1);
    }
    if (expression instanceof Divide) {
      return digits.get(0) + operands.get(1).scale();
    }
    if (expression instanceof Pmod) {
      return digits.get(1);
    }
    return result.precision() - result.scale();
  }

  /** The largest absolute value that an expression of whole numbers can have. */
  private static BigInteger largest(Expression expression) {
    List<Expression> operands = asJava(expression.children());
    if (expression instanceof Literal literal && literal.value() instanceof Number number) {
      return BigInteger.valueOf(number.longValue()).abs();
    }
    if (expression instanceof Cast && operands.get(0).dataType() instanceof IntegralType) {
      return largest(operands.get(0));
    }
    if (expression instanceof Add || expression instanceof Subtract) {
      return largest(operands.get(0)).add(largest(operands.get(1)));
    }
    if (expression instanceof Multiply) {
      return largest(operands.get(0)).multiply(largest(operands.get(1)));
    }
    if (expression instanceof Remainder || expression instanceof Pmod) {
      return largest(operands.get(1));
    }
    if (expression instanceof UnaryMinus
        || expression instanceof Abs
        || expression instanceof IntegralDivide) {
      return largest(operands.get(0));
    }
    return expression.dataType() instanceof IntegralType type
        ? largest(type).add(BigInteger.ONE)
        : BigDecimal.valueOf(Double.MAX_VALUE).toBigInteger();
  }

  private static BigInteger largest(DataType type) {
    return BigInteger.TWO.pow(type.defaultSize() * 8 - 1).subtract(BigInteger.ONE);
  }
}
