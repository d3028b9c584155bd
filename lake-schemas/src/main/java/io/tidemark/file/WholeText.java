package io.tidemark.file;

import static org.apache.spark.sql.functions.timestamp_micros;
import static org.apache.spark.sql.functions.udf;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.types.BinaryType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StringType;

/**
 * Text as a value of a type: the whole text, digit for digit, or null. Blanks around it do not
 * count. Spark's casts take more: a time without a date for one of today, '2024' for a day of it,
 * 'y' for true.
 */
final class WholeText {
  private static final Pattern INTEGER = Pattern.compile("[+-]?\\d{1,40}");
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,3})?");
  private static final Pattern ZERO = Pattern.compile("[+-]?[0.]+([eE].*)?");

  private WholeText() {}

  /**
   * A column of text as values of a type.
   *
   * @throws IllegalArgumentException if text does not become values of the type
   */
  static Column as(DataType type, Column text) {
    if (type instanceof StringType) {
      return text;
    }
    if (type instanceof BinaryType) {
      return text.cast(type);
    }
    if (type.equals(DataTypes.TimestampType)) {
      return timestamp_micros(function(WholeTime::micros, DataTypes.LongType, text));
    }
    return function(conversion(type), type, text);
  }

  private static UDF1<String, ?> conversion(DataType type) {
    if (type.equals(DataTypes.IntegerType)) {
      return text ->
          integer(text, Integer.SIZE) == null ? null : integer(text, Integer.SIZE).intValue();
    }
    if (type.equals(DataTypes.LongType)) {
      return text -> integer(text, Long.SIZE) == null ? null : integer(text, Long.SIZE).longValue();
    }
    if (type instanceof DecimalType decimal) {
      int precision = decimal.precision();
      int scale = decimal.scale();
      return text -> decimal(text, precision, scale);
    }
    if (type.equals(DataTypes.DoubleType)) {
      return WholeText::real;
    }
    if (type.equals(DataTypes.FloatType)) {
      return WholeText::shortReal;
    }
    if (type.equals(DataTypes.BooleanType)) {
      return WholeText::truth;
    }
    if (type.equals(DataTypes.DateType)) {
      return WholeTime::date;
    }
    if (type.equals(DataTypes.TimestampNTZType)) {
      return WholeTime::local;
    }
    throw new IllegalArgumentException("text does not become " + type.sql());
  }

  private static Column function(UDF1<String, ?> conversion, DataType type, Column text) {
    return udf(conversion, type).apply(text);
  }

  static BigInteger integer(String text, int bits) {
    if (text == null || !INTEGER.matcher(text.strip()).matches()) {
      return null;
    }
    BigInteger integer = new BigInteger(text.strip());
    return integer.bitLength() < bits ? integer : null;
  }

  static BigDecimal decimal(String text, int precision, int scale) {
    if (text == null || !NUMBER.matcher(text.strip()).matches()) {
      return null;
    }
    BigDecimal exact = new BigDecimal(text.strip());
    // First, for zeros by the million are only asked for where there is room for them.
    boolean hasRoom = exact.signum() == 0 || exact.precision() - exact.scale() <= precision - scale;
    BigDecimal shortest = exact.stripTrailingZeros();
    return hasRoom && shortest.scale() <= scale ? shortest.setScale(scale) : null;
  }

  /** The nearest double, or the text of one that is not a number; never infinite for digits. */
  static Double real(String text) {
    if (text == null) {
      return null;
    }
    String stripped = text.strip();
    if (stripped.matches("NaN|[+-]?Infinity")) {
      return Double.valueOf(stripped);
    }
    if (!NUMBER.matcher(stripped).matches()) {
      return null;
    }
    double real = Double.parseDouble(stripped);
    return Double.isInfinite(real) || real == 0 && !ZERO.matcher(stripped).matches() ? null : real;
  }

  static Float shortReal(String text) {
    Double real = real(text);
    if (real == null) {
      return null;
    }
    float nearest = Float.parseFloat(text.strip());
    boolean isLost = Float.isInfinite(nearest) && !real.isInfinite() || nearest == 0 && real != 0;
    return isLost ? null : nearest;
  }

  static Boolean truth(String text) {
    String stripped = text == null ? "" : text.strip();
    return stripped.equalsIgnoreCase("true")
        ? Boolean.TRUE
        : stripped.equalsIgnoreCase("false") ? Boolean.FALSE : null;
  }
}
