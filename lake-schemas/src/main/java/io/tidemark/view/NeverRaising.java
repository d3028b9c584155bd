package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.schema.EventColumns;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

/**
 * Expressions of Spark that raise no error in ANSI mode, whatever their arguments are. A test feeds
 * them the worst values there are.
 */
final class NeverRaising {
  private static final String PACKAGE = "org.apache.spark.sql.catalyst.";
  private static final int LONGEST_PADDING = 10_000;
  private static final int MOST_DIGITS = 400;

  private static final Set<String> STRUCTURE =
      Set.of(
          "Alias",
          "AttributeReference",
          "OuterReference",
          "Literal",
          "GetStructField",
          "GetArrayStructFields",
          "CreateNamedStruct",
          "CreateArray",
          "If",
          "CaseWhen",
          "Coalesce",
          "NaNvl",
          "IsNull",
          "IsNotNull",
          "IsNaN",
          "AtLeastNNonNulls",
          "And",
          "Or",
          "Not",
          "EqualTo",
          "EqualNullSafe",
          "LessThan",
          "LessThanOrEqual",
          "GreaterThan",
          "GreaterThanOrEqual",
          "In",
          "InSet",
          "Greatest",
          "Least",
          "Collate",
          "ResolvedCollation",
          "KnownNotNull",
          "KnownNullable",
          "NormalizeNaNAndZero",
          "KnownFloatingPointNormalized",
          "AggregateExpression",
          "LambdaFunction",
          "NamedLambdaVariable",
          "SortOrder",
          "TimeWindow",
          "With",
          "CommonExpressionDef",
          "CommonExpressionRef");

  private static final Set<String> TEXTS =
      Set.of(
          "Upper",
          "Lower",
          "InitCap",
          "StringTrim",
          "StringTrimLeft",
          "StringTrimRight",
          "Length",
          "BitLength",
          "OctetLength",
          "Concat",
          "ConcatWs",
          "Substring",
          "StringReplace",
          "StringTranslate",
          "StringInstr",
          "StringLocate",
          "StartsWith",
          "EndsWith",
          "Contains",
          "Reverse",
          "Ascii",
          "SoundEx",
          "Levenshtein",
          "FindInSet",
          "Md5",
          "Sha1",
          "Sha2",
          "Crc32",
          "Murmur3Hash",
          "XxHash64",
          "Hex",
          "Base64",
          "Bin",
          "GetJsonObject");

  private static final Set<String> NUMBERS =
      Set.of(
          "Sqrt",
          "Cbrt",
          "Exp",
          "Expm1",
          "Logarithm",
          "Log",
          "Log10",
          "Log1p",
          "Log2",
          "Sin",
          "Sinh",
          "Cos",
          "Cosh",
          "Tan",
          "Tanh",
          "Cot",
          "Asin",
          "Acos",
          "Atan",
          "Atan2",
          "Hypot",
          "Signum",
          "Rint",
          "Pow",
          "ToDegrees",
          "ToRadians",
          "Floor",
          "Ceil",
          "UnaryPositive",
          "BitwiseNot",
          "BitwiseCount",
          "ShiftLeft",
          "ShiftRight",
          "ShiftRightUnsigned",
          "Factorial");

  private static final Set<String> TIMES =
      Set.of(
          "Year",
          "YearOfWeek",
          "Quarter",
          "Month",
          "DayOfMonth",
          "DayOfWeek",
          "WeekDay",
          "DayOfYear",
          "WeekOfYear",
          "Hour",
          "Minute",
          "Second",
          "SecondWithFraction",
          "DateDiff",
          "UnixDate",
          "UnixSeconds",
          "UnixMillis",
          "UnixMicros");

  private static final Set<String> COLLECTIONS =
      Set.of(
          "Size",
          "ArrayContains",
          "ArrayPosition",
          "ArrayDistinct",
          "ArrayMax",
          "ArrayMin",
          "ArrayIntersect",
          "ArrayExcept",
          "ArrayRemove",
          "ArraysOverlap",
          "ArrayJoin",
          "SortArray",
          "ArrayFilter",
          "ArrayTransform",
          "ArrayExists",
          "ArrayForAll",
          "MapKeys",
          "MapValues",
          "MapEntries",
          "GetMapValue",
          "MapFilter",
          "TransformValues");

  private static final Map<String, String> REMEDIES =
      Map.of(
          "element_at", "get(array, index from 0), or try_element_at with a literal that is not 0",
          "getarrayitem", "get(array, index)",
          "gettimestamp", "try_to_timestamp",
          "timestampadd", "timestamps as they are, and add where the view is read, or try_add",
          "round", "round(CAST(… AS DECIMAL(…))) to a few digits, or try_cast",
          "rlike",
              "LIKE, or a literal pattern without repeated groups; a try_ form does not exist");

  private NeverRaising() {}

  static boolean contains(Expression expression) {
    Class<?> type = expression.getClass();
    String name = type.getSimpleName();
    return type.getName().startsWith(PACKAGE)
            && List.of(STRUCTURE, TEXTS, NUMBERS, TIMES, COLLECTIONS).stream()
                .anyMatch(names -> names.contains(name))
        || isSafeHere(expression);
  }

  /** What to write instead of a function. */
  static String remedy(String name) {
    return REMEDIES.getOrDefault(
        name, "a try_ form where there is one, or compute it where the view is read");
  }

  private static boolean isSafeHere(Expression expression) {
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
