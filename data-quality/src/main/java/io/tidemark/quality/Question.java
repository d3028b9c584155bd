package io.tidemark.quality;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.isnan;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.when;

import com.amazon.deequ.analyzers.Completeness;
import com.amazon.deequ.analyzers.Compliance;
import com.amazon.deequ.analyzers.Maximum;
import com.amazon.deequ.analyzers.Mean;
import com.amazon.deequ.analyzers.Minimum;
import com.amazon.deequ.analyzers.ScanShareableAnalyzer;
import com.amazon.deequ.analyzers.Size;
import com.amazon.deequ.analyzers.StandardDeviation;
import com.amazon.deequ.analyzers.Sum;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityRule;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.NumericType;
import scala.Option;
import scala.collection.immutable.List$;

/**
 * A check as deequ is asked it. What each row says stands in columns of our own, and deequ's
 * analyzers read only these: names of columns with dots or quotes, values with quotes and nulls
 * never reach the SQL that deequ makes.
 */
final class Question {
  private final QualityCheck check;
  private final String asked;
  private final String scope;

  /**
   * @param number of the check among those that are asked together
   */
  Question(QualityCheck check, int number) {
    this.check = check;
    this.asked = "_tidemark_asked_" + number;
    this.scope = "_tidemark_scope_" + number;
  }

  QualityCheck check() {
    return check;
  }

  /** Measures what is asked. */
  ScanShareableAnalyzer<?, ?> analyzer() {
    Option<String> where = Option.apply(scope);
    return switch (check.rule().kind()) {
      case COMPLETENESS -> new Completeness(asked, where, Option.empty());
      case UNIQUENESS, CONTAINMENT, PATTERN, RANGE, COMPLIANCE, FOREIGN_KEY ->
          new Compliance(check.name(), asked, where, List$.MODULE$.empty(), Option.empty());
      case SIZE -> new Size(where);
      case MINIMUM -> new Minimum(asked, Option.empty(), Option.empty());
      case MAXIMUM -> new Maximum(asked, Option.empty(), Option.empty());
      case MEAN -> new Mean(asked, Option.empty());
      case SUM -> new Sum(asked, Option.empty());
      case STANDARD_DEVIATION -> new StandardDeviation(asked, Option.empty());
    };
  }

  /** Measures whether NaN is among the values where the answer hides it: it is the greatest. */
  Optional<Maximum> greatest() {
    return check.rule().kind() == QualityRule.Kind.MINIMUM
        ? Optional.of(new Maximum(asked, Option.empty(), Option.empty()))
        : Optional.empty();
  }

  /** Counts the rows that it is asked about. */
  Size rows() {
    return new Size(Option.apply(scope));
  }

  /** The rows of a date, or of all, that do not meet it. */
  Dataset<Row> offending(Dataset<Row> prepared) {
    Column met =
        check.rule().kind() == QualityRule.Kind.COMPLETENESS ? col(asked).isNotNull() : col(asked);
    return prepared.where(col(scope).and(not(met)));
  }

  /**
   * Adds the columns that the analyzers read.
   *
   * @param referenced rows of the table that a foreign key is of, null for others
   */
  Dataset<Row> prepare(Dataset<Row> rows, StoredTable table, Dataset<Row> referenced) {
    Dataset<Row> scoped =
        rows.withColumn(
            scope, check.where().map(where -> coalesce(expr(where), lit(false))).orElse(lit(true)));
    QualityRule rule = check.rule();
    if (rule.kind() == QualityRule.Kind.FOREIGN_KEY) {
      return foreignKey(scoped, table, referenced);
    }
    if (rule.kind() == QualityRule.Kind.UNIQUENESS) {
      // A row with a null has no equal: its own number keeps all of them from one task.
      scoped =
          scoped.withColumn(asked + "_alone", when(hasNull(table), monotonically_increasing_id()));
    }
    return scoped.withColumn(asked, asked(table));
  }

  private Column asked(StoredTable table) {
    QualityRule rule = check.rule();
    return switch (rule.kind()) {
      case SIZE -> lit(true);
      case COMPLETENESS -> column(table);
      case COMPLIANCE -> coalesce(expr(rule.text()), lit(false));
      case UNIQUENESS -> unique(table);
      case CONTAINMENT -> orNull(table, contained(table));
      case PATTERN -> orNull(table, column(table).cast(DataTypes.StringType).rlike(rule.text()));
      case RANGE -> orNull(table, inRange(table));
      // deequ puts the least and the greatest beside a text in an array, and casts them afterwards.
      case MINIMUM, MAXIMUM -> scoped(number(table).cast(DataTypes.StringType));
      case MEAN, SUM, STANDARD_DEVIATION -> scoped(number(table).cast(DataTypes.DoubleType));
      case FOREIGN_KEY -> throw new AssertionError("a foreign key is joined");
    };
  }

  /** A null is a matter of completeness, and of nothing else. */
  private Column orNull(StoredTable table, Column met) {
    return coalesce(column(table).isNull().or(met), lit(false));
  }

  private Column column(StoredTable table) {
    return table.column(check.rule().columns().get(0));
  }

  private DataType type(StoredTable table) {
    return table.rows().select(column(table)).schema().apply(0).dataType();
  }

  private Column number(StoredTable table) {
    if (!(type(table) instanceof NumericType)) {
      throw new IllegalArgumentException(
          "Cannot take the %s of column %s: it is not a number, but %s."
              .formatted(
                  check.rule().kind().text(), check.rule().columns().get(0), type(table).sql()));
    }
    return column(table);
  }

  /** Statistics skip nulls. */
  private Column scoped(Column number) {
    return when(col(scope), number);
  }

  /** As SQL has it: a null equals nothing, so that a row with one is never a duplicate. */
  private Column unique(StoredTable table) {
    List<Column> key = check.rule().columns().stream().map(table::column).toList();
    List<Column> within = new ArrayList<>(key);
    within.add(col(scope));
    within.add(col(asked + "_alone"));
    if (check.scope() == QualityCheck.Scope.DATE && table.isDated()) {
      within.add(table.column(StoredTable.DATE));
    }
    return hasNull(table)
        .or(count(lit(1)).over(Window.partitionBy(within.toArray(Column[]::new))).equalTo(1));
  }

  private Column hasNull(StoredTable table) {
    return check.rule().columns().stream()
        .map(name -> table.column(name).isNull())
        .reduce(lit(false), Column::or);
  }

  private Column contained(StoredTable table) {
    DataType type = type(table);
    Object[] values = check.rule().values().stream().map(value -> literal(value, type)).toArray();
    return column(table).isin(values);
  }

  private Column inRange(StoredTable table) {
    DataType type = type(table);
    Column met = lit(true);
    if (check.rule().min().isPresent()) {
      met = met.and(column(table).geq(literal(check.rule().min().get(), type)));
    }
    if (check.rule().max().isPresent()) {
      met = met.and(column(table).leq(literal(check.rule().max().get(), type)));
    }
    boolean hasNaN = type.equals(DataTypes.DoubleType) || type.equals(DataTypes.FloatType);
    // Spark holds NaN for greater than every number.
    return hasNaN ? met.and(not(isnan(column(table)))) : met;
  }

  private static Column literal(String value, DataType type) {
    if (type instanceof NumericType) {
      try {
        Column number = lit(new BigDecimal(value.strip()));
        // Beside a DOUBLE the FLOAT that is written 0.1 is another number than 0.1.
        return type.equals(DataTypes.FloatType) ? number.cast(type) : number;
      } catch (NumberFormatException e) {
        throw new IllegalArgumentException(
            "Cannot compare numbers with '%s': it is not one.".formatted(value), e);
      }
    }
    return lit(value).cast(type);
  }

  private Dataset<Row> foreignKey(Dataset<Row> rows, StoredTable table, Dataset<Row> referenced) {
    List<String> names = check.rule().referenced();
    StoredTable other =
        new StoredTable(
            check.rule().references(), referenced, 0, false, new java.util.TreeMap<>(), "");
    List<Column> keys = new ArrayList<>();
    List<DataType> types = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      Column key = other.column(names.get(i));
      types.add(common(rows, table.column(check.rule().columns().get(i)), referenced, key));
      keys.add(key.cast(types.get(i)).as(asked + "_key_" + i));
    }
    Dataset<Row> known =
        referenced
            .select(keys.toArray(Column[]::new))
            .distinct()
            .withColumn(asked + "_found", lit(true));
    Column equal = lit(true);
    Column hasNull = lit(false);
    for (int i = 0; i < names.size(); i++) {
      Column column = table.column(check.rule().columns().get(i));
      equal = equal.and(column.cast(types.get(i)).equalTo(known.col(asked + "_key_" + i)));
      hasNull = hasNull.or(column.isNull());
    }
    return rows.join(known, equal, "left")
        .withColumn(asked, hasNull.or(col(asked + "_found").isNotNull()));
  }

  /** In which both are compared: keys that differ in their own type may be equal in this one. */
  private static DataType common(
      Dataset<Row> rows, Column column, Dataset<Row> referenced, Column key) {
    String one = rows.select(column).schema().apply(0).dataType().sql();
    String other = referenced.select(key).schema().apply(0).dataType().sql();
    return rows.sparkSession()
        .sql("SELECT coalesce(CAST(NULL AS %s), CAST(NULL AS %s))".formatted(one, other))
        .schema()
        .apply(0)
        .dataType();
  }
}
