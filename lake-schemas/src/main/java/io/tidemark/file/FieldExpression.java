package io.tidemark.file;

import static java.util.Comparator.comparing;
import static org.apache.spark.sql.functions.expr;
import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.tidemark.view.SparkMessage;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.CreateNamedStruct;
import org.apache.spark.sql.catalyst.expressions.CurrentDate;
import org.apache.spark.sql.catalyst.expressions.CurrentTimestampLike;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.If;
import org.apache.spark.sql.catalyst.expressions.IsNull;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.LocalTimestamp;
import org.apache.spark.sql.catalyst.expressions.Or;
import org.apache.spark.sql.catalyst.expressions.RLike;
import org.apache.spark.sql.catalyst.expressions.RuntimeReplaceable;
import org.apache.spark.sql.catalyst.expressions.TryEval;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.classic.ExpressionUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.unsafe.types.UTF8String;
import scala.runtime.AbstractPartialFunction;

/**
 * An expression over a file's columns. Its casts of text to a time take whole times only, and a
 * record that it raises an error on can be told from one that it gives null for.
 *
 * @param failed whether it raised an error; null if it cannot
 * @param columns those that it names
 */
record FieldExpression(
    String sql, Column value, Column failed, DataType type, List<String> columns) {
  private static final LevenshteinDistance DISTANCE = LevenshteinDistance.getDefaultInstance();

  /**
   * @param records a file's
   * @throws IllegalArgumentException saying why it cannot be computed of them
   */
  static FieldExpression of(String sql, Dataset<Row> records) {
    LogicalPlan plan = analyzed(sql, records);
    Expression expression = (Expression) (Object) ((Project) plan).projectList().head();
    boolean isOfRecords =
        expression.references().subsetOf(((Project) plan).child().outputSet())
            && ((Project) plan).child().sameResult(records.queryExecution().analyzed());
    requireRepeatable(sql, expression);
    if (!isOfRecords) {
      throw new IllegalArgumentException(
          "the expression %s looks at other records too. Use the columns of one record"
              .formatted(sql));
    }
    Expression whole =
        (expression instanceof Alias named ? named.child() : expression)
            .transformDown(new Replaced())
            .transformUp(new WholeTimesOnly());
    if (whole instanceof Attribute || whole instanceof Literal) {
      return new FieldExpression(
          sql, ExpressionUtils.column(whole), null, whole.dataType(), List.of());
    }
    Column tried =
        ExpressionUtils.column(
            new TryEval(
                new CreateNamedStruct(asScala(List.<Expression>of(text("value"), whole)).toSeq())));
    List<String> columns =
        asJava(expression.references().toSeq()).stream().map(Attribute::name).toList();
    return new FieldExpression(
        sql, tried.getField("value"), tried.isNull(), whole.dataType(), columns);
  }

  static FieldExpression ofColumn(String name, Dataset<Row> records) {
    return of("`" + name.replace("`", "``") + "`", records);
  }

  private static LogicalPlan analyzed(String sql, Dataset<Row> records) {
    try {
      return records.select(expr(sql)).queryExecution().analyzed();
    } catch (Exception e) {
      // Scala does not declare what it throws.
      if (e instanceof AnalysisException wrong) {
        throw new IllegalArgumentException(problem(sql, wrong, records), wrong);
      }
      throw e;
    }
  }

  private static String problem(String sql, AnalysisException wrong, Dataset<Row> records) {
    List<String> columns = RecordMapping.columns(records);
    String named = asJava(wrong.messageParameters()).getOrDefault("objectName", "");
    if (!String.valueOf(wrong.getCondition()).startsWith("UNRESOLVED_COLUMN") || named.isEmpty()) {
      return "the expression %s is not understood: %s".formatted(sql, SparkMessage.of(wrong));
    }
    String name = named.replace("`", "");
    return "the expression %s names the column %s, which the file does not have.%s (columns: %s)"
        .formatted(
            sql,
            name,
            nearest(name, columns).map(" Did you mean %s?"::formatted).orElse(""),
            String.join(", ", columns));
  }

  private static Literal text(String text) {
    return new Literal(UTF8String.fromString(text), DataTypes.StringType);
  }

  static Optional<String> nearest(String name, List<String> columns) {
    String lower = name.toLowerCase(Locale.ROOT);
    return columns.stream()
        .min(comparing(column -> DISTANCE.apply(lower, column.toLowerCase(Locale.ROOT))));
  }

  private static void requireRepeatable(String sql, Expression expression) {
    if (!expression.deterministic()
        || expression.exists(
            part ->
                part instanceof CurrentTimestampLike
                    || part instanceof CurrentDate
                    || part instanceof LocalTimestamp)) {
      throw new IllegalArgumentException(
          "the expression %s gives another value each time. Use the file's columns alone"
              .formatted(sql));
    }
  }

  /** What Spark only later replaces by other expressions, {@code to_timestamp(text)} by a cast. */
  private static final class Replaced extends AbstractPartialFunction<Expression, Expression> {
    @Override
    public boolean isDefinedAt(Expression part) {
      return part instanceof RuntimeReplaceable;
    }

    @Override
    public Expression apply(Expression part) {
      Expression replacement = part;
      while (replacement instanceof RuntimeReplaceable replaceable) {
        replacement = replaceable.replacement();
      }
      return replacement;
    }
  }

  /** A text that is not a whole time becomes one that Spark's cast does not take either. */
  private static final class WholeTimesOnly
      extends AbstractPartialFunction<Expression, Expression> {
    @Override
    public boolean isDefinedAt(Expression part) {
      return part instanceof Cast cast
          && cast.child().dataType() instanceof StringType
          && List.<DataType>of(
                  DataTypes.TimestampType, DataTypes.TimestampNTZType, DataTypes.DateType)
              .contains(cast.dataType());
    }

    @Override
    public Expression apply(Expression part) {
      Cast cast = (Cast) part;
      Expression text = cast.child();
      Expression isWhole = new RLike(text, text("^" + WholeTime.PATTERN + "$"));
      return cast.withNewChildren(
          asScala(
                  List.<Expression>of(
                      new If(new Or(new IsNull(text), isWhole), text, text("not a time"))))
              .toSeq());
    }
  }
}
