package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.view.Syntax;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.trees.Origin;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;

/**
 * Texts that are another date or time whenever Spark reads them as one: {@code now} and its like,
 * with a zone or without, and a time of day, which is that of today.
 */
final class ClockText {
  static final String REMEDY =
      "CAST(try_cast(… AS TIMESTAMP_NTZ) AS TIMESTAMP), which leaves out a zone in the text";
  private static final Pattern BY_CLOCK =
      Pattern.compile(
          "(now|today|tomorrow|yesterday).*|t\\d.*|\\d{1,2}:.*",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
  private static final Pattern TYPE =
      Pattern.compile("(date|timestamp\\w*)(?!\\w)", Pattern.CASE_INSENSITIVE);
  private static final Set<String> CASTS =
      Set.of(
          "date",
          "timestamp",
          "to_date",
          "to_timestamp",
          "to_timestamp_ltz",
          "to_timestamp_ntz",
          "try_to_date",
          "try_to_timestamp");

  private ClockText() {}

  static boolean is(String text) {
    return BY_CLOCK.matcher(text.strip()).matches();
  }

  static boolean isTime(DataType type) {
    return type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  /** The text that an expression reads by the clock; empty if it does not. */
  static Optional<String> of(Expression expression) {
    if (expression instanceof RuntimeReplaceable replaceable && expression.resolved()) {
      return within(replaceable.replacement());
    }
    return text(expression).filter(ClockText::is);
  }

  /**
   * The cast by which an expression makes a timestamp of a text of the rows. A time of day is one
   * of today then; a pattern says that the text has a date.
   */
  static Optional<Cast> ofRows(Expression expression) {
    if (expression instanceof RuntimeReplaceable replaceable && expression.resolved()) {
      return ofRowsWithin(replaceable.replacement());
    }
    boolean isOfRows =
        expression instanceof Cast cast
            && cast.dataType() instanceof TimestampType
            && cast.child().resolved()
            && cast.child().dataType() instanceof StringType
            && !cast.child().foldable();
    return isOfRows ? Optional.of((Cast) expression) : Optional.empty();
  }

  private static Optional<Cast> ofRowsWithin(Expression expression) {
    return ofRows(expression)
        .or(
            () ->
                asJava(expression.children()).stream()
                    .flatMap(child -> ofRowsWithin(child).stream())
                    .findFirst());
  }

  private static Optional<String> within(Expression expression) {
    return of(expression)
        .or(
            () ->
                asJava(expression.children()).stream()
                    .flatMap(child -> within(child).stream())
                    .findFirst());
  }

  private static Optional<String> text(Expression expression) {
    if (expression instanceof Literal literal && isTime(literal.dataType())) {
      return written(literal.origin());
    }
    if (expression instanceof Cast cast && isTime(cast.dataType())) {
      return constant(cast.child());
    }
    if (expression instanceof UnresolvedFunction call
        && CASTS.contains(Syntax.name(call))
        && !call.arguments().isEmpty()) {
      return constant(call.arguments().head());
    }
    return Optional.empty();
  }

  /**
   * The parser itself makes a date of {@code DATE 'today'}: what was written is in the SQL only.
   */
  private static Optional<String> written(Origin origin) {
    if (origin.sqlText().isEmpty() || origin.startIndex().isEmpty()) {
      return Optional.empty();
    }
    String sql = origin.sqlText().get();
    int length = sql.codePointCount(0, sql.length());
    Object begin = origin.startIndex().get();
    int start = (Integer) begin;
    Object stop = origin.stopIndex().getOrElse(() -> length - 1);
    int end = 1 + (Integer) stop;
    if (start > end || end > length) {
      return Optional.empty();
    }
    String literal =
        sql.substring(sql.offsetByCodePoints(0, start), sql.offsetByCodePoints(0, end));
    Matcher type = TYPE.matcher(literal);
    try {
      return type.lookingAt()
          ? constant(Syntax.expression(literal.substring(type.end())))
          : Optional.empty();
    } catch (AnalysisException e) {
      return Optional.empty();
    }
  }

  private static Optional<String> constant(Expression text) {
    if (!text.resolved() || !text.foldable() || !(text.dataType() instanceof StringType)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(text.eval(null)).map(Object::toString);
    } catch (RuntimeException e) {
      return Optional.empty();
    }
  }
}
