package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.schema.EventColumns;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.spark.sql.catalyst.expressions.AttributeReference;
import org.apache.spark.sql.catalyst.expressions.ElementAt;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.GetArrayItem;
import org.apache.spark.sql.catalyst.expressions.Like;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.RLike;
import org.apache.spark.sql.catalyst.expressions.RegExpReplace;
import org.apache.spark.sql.catalyst.expressions.RoundBase;
import org.apache.spark.sql.catalyst.expressions.StringLPad;
import org.apache.spark.sql.catalyst.expressions.StringRPad;
import org.apache.spark.sql.catalyst.expressions.StringSplit;
import org.apache.spark.sql.catalyst.expressions.TruncTimestamp;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.MapType;

/** Expressions that raise an error on some arguments only, and have others here. */
final class SafeArguments {
  private static final int LONGEST_PADDING = 10_000;
  private static final int MOST_DIGITS = 400;

  private SafeArguments() {}

  static boolean has(Expression expression) {
    if (expression instanceof TruncTimestamp truncated) {
      // Landing bounds the event's own time; any other may be at the end of all times.
      return truncated.timestamp() instanceof AttributeReference column
          && column.name().equals(EventColumns.EVENT_TIME);
    }
    if (expression instanceof GetArrayItem item) {
      return !item.failOnError();
    }
    if (expression instanceof ElementAt element) {
      return element.left().dataType() instanceof MapType
          || !element.failOnError() && isIndex(element.right());
    }
    if (expression instanceof RoundBase) {
      List<Expression> operands = asJava(expression.children());
      return isRounded(operands.get(0).dataType()) && isScale(operands.get(1));
    }
    if (expression instanceof StringLPad || expression instanceof StringRPad) {
      return asJava(expression.children()).get(1) instanceof Literal length
          && length.value() instanceof Integer characters
          && characters >= 0
          && characters <= LONGEST_PADDING;
    }
    if (expression instanceof Like like) {
      return isWhole(asJava(expression.children()).get(1), like.escapeChar());
    }
    if (expression instanceof RLike || expression instanceof StringSplit) {
      return isSimple(asJava(expression.children()).get(1));
    }
    return expression instanceof RegExpReplace replace
        && isSimple(replace.regexp())
        && replace.rep() instanceof Literal text
        && !String.valueOf(text.value()).matches(".*[$\\\\].*")
        && replace.pos() instanceof Literal;
  }

  /** Numbers that have room for one digit more. */
  private static boolean isRounded(DataType type) {
    return type instanceof DoubleType
        || type instanceof FloatType
        || type instanceof DecimalType decimal && decimal.precision() < DecimalType.MAX_PRECISION();
  }

  /** Not even the try_ form takes the index 0, and the least one has no absolute value. */
  private static boolean isIndex(Expression index) {
    return index instanceof Literal literal
        && literal.value() instanceof Integer position
        && position != 0
        && position != Integer.MIN_VALUE;
  }

  /** Arithmetic with so many digits may end in an error, or hardly ever. */
  private static boolean isScale(Expression digits) {
    return RaisingCheck.isConstant(digits)
        && digits.eval(null) instanceof Integer scale
        && Math.abs((long) scale) <= MOST_DIGITS;
  }

  /** A pattern in which the escape stands before nothing but what it is for. */
  private static boolean isWhole(Expression pattern, char escape) {
    if (!(pattern instanceof Literal literal)) {
      return false;
    }
    String text = String.valueOf(literal.value());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == escape
          && (++i == text.length()
              || "%_".indexOf(text.charAt(i)) < 0 && text.charAt(i) != escape)) {
        return false;
      }
    }
    return true;
  }

  /** A group that is repeated may need a stack as deep as the text is long. */
  private static boolean isSimple(Expression pattern) {
    if (!(pattern instanceof Literal literal) || literal.value() == null) {
      return false;
    }
    String regex = literal.value().toString();
    try {
      Pattern.compile(regex);
    } catch (PatternSyntaxException e) {
      return false;
    }
    return !regex.matches("(?s).*\\)[*+{?].*");
  }
}
