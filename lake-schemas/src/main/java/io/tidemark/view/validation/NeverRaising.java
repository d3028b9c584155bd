package io.tidemark.view.validation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.catalyst.expressions.Expression;

/**
 * Expressions of Spark that raise no error in ANSI mode, whatever their arguments are. A test feeds
 * them the worst values there are.
 */
final class NeverRaising {
  private static final String PACKAGE = "org.apache.spark.sql.catalyst.";

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
          "gettimestamp", ClockText.REMEDY,
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
        || SafeArguments.has(expression);
  }

  /** What to write instead of a function. */
  static String remedy(String name) {
    return REMEDIES.getOrDefault(
        name, "a try_ form where there is one, or compute it where the view is read");
  }
}
