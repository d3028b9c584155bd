package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static scala.jdk.javaapi.CollectionConverters.asJava;
import static scala.jdk.javaapi.CollectionConverters.asScala;

import io.tidemark.table.TestLake;
import io.tidemark.view.SqlTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Alias;
import org.apache.spark.sql.catalyst.expressions.BindReferences;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Generator;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.expressions.With;
import org.apache.spark.sql.catalyst.expressions.aggregate.AggregateExpression;
import org.apache.spark.sql.catalyst.expressions.package$;
import org.apache.spark.sql.catalyst.optimizer.ReplaceExpressions$;
import org.apache.spark.sql.catalyst.parser.CatalystSqlParser$;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every function that Spark has, over the worst values of every type. */
class NeverRaisingIT {
  private static final int CALLS = Integer.getInteger("tidemark.calls", 1);
  private static final List<String> ARGUMENTS =
      List.of("i", "l", "d", "dec", "s", "dt", "ts", "b", "bin", "ai", "sa", "m", "st");
  private static final List<String> USUAL =
      List.of(
          "",
          "s, 'a'",
          "s, 'a', 'b'",
          "s, 1",
          "s, 1, 1",
          "ts, 'UTC'",
          "dt, 'yyyy'",
          "ts, 'yyyy-MM-dd'",
          "'DAY', ts",
          "'YEAR', ts",
          "ai, x -> x",
          "ai, x -> true",
          "m, (k, v) -> v",
          "m, (k, v) -> true",
          "'a', i, 'b', s",
          "s, ','",
          "s, ',', 1",
          "s, 7, 'x'",
          "d, 2",
          "dec, 1",
          "dec, 0",
          "s, '$.a'",
          "ai, 1",
          "ai, 0",
          "ai, i",
          "sa, -2147483648",
          "s, 'a#b', '#'",
          "s, 'a#', '#'",
          "d, 2147483647",
          "d, -2147483648",
          "dec, 2147483647",
          "i, i, i",
          "s, s, s",
          "dt, dt",
          "dt, i",
          "b, i, i");
  private static final String WORST =
      """
      SELECT * FROM VALUES
        (0, 0L, 0D, 0.00BD, '', date'1970-01-01', timestamp_micros(0), true, x'', array(0), array(''), map('', 0), named_struct('x', 0)),
        (-2147483648, -9223372036854775808L, double('NaN'), -99999999.99BD, '%[(\\\\u0000', date_from_unix_date(-2147483648),
          timestamp_micros(-9223372036854775808L), false, x'ff00fe', array(-2147483648, null), array('[', null), map('a', -1), named_struct('x', -1)),
        (2147483647, 9223372036854775807L, double('Infinity'), 99999999.99BD, '9999-99-99T25:61', date_from_unix_date(2147483647),
          timestamp_micros(9223372036854775807L), true, x'00', array(2147483647, 1, 1), array('x', 'x'), map('x', 2147483647), named_struct('x', 2147483647)),
        (-1, -1L, -1e308D, -0.01BD, '{"a":[1', date'2024-02-29', timestamp'1582-10-10 00:00:00', false, x'c3a9', array(), array(), map(), named_struct('x', CAST(null AS INT))),
        (37, 65L, 1.5D, 12.34BD, '-12345678901234567890123456789012345678901234567890', date'0001-01-01', timestamp'0001-01-01 00:00:00', false, x'feff', array(5), array('é'), map('k', 5), named_struct('x', 7)),
        (null, null, null, null, null, null, null, null, null, null, null, null, null)
      AS t(i, l, d, dec, s, dt, ts, b, bin, ai, sa, m, st)\
      """;

  /** They do what they do to the machine, not to the row. */
  private static final Set<String> NOT_TRIED =
      Set.of("java_method", "reflect", "try_reflect", "sleep", "window", "session_window");

  @TempDir Path folder;

  @Test
  void aFunctionThatAViewMayCallRaisesNoErrorOnAnyValue() {
    try (TestLake lake = TestLake.in(folder)) {
      SparkSession spark = lake.spark();
      spark.sql(WORST).createOrReplaceTempView("worst");
      StructType columns = spark.table("worst").schema();
      List<InternalRow> rows =
          asJava(((LocalRelation) spark.sql(WORST).queryExecution().optimizedPlan()).data());
      long seed = Long.getLong("tidemark.calls-seed", 11);
      Random random = new Random(seed);
      Map<String, Expression> values = new HashMap<>();
      asJava(spark.table("worst").queryExecution().analyzed().output())
          .forEach(column -> values.put(column.name(), column));
      TreeSet<String> tried = new TreeSet<>();
      TreeSet<String> raising = new TreeSet<>();
      for (String function : functions()) {
        for (String arguments : arguments(random)) {
          String call = "%s(%s)".formatted(function, arguments);
          Expression expression = mayBeCalled(function, call, values) ? taken(spark, call) : null;
          if (expression != null) {
            tried.add(function);
            failure(expression, rows, columns, random)
                .ifPresent(failure -> raising.add(call + ": " + failure));
          }
        }
      }
      assertThat(raising).as("seed %d", seed).isEmpty();
      assertThat(tried)
          .contains("upper", "substring", "year", "array_contains", "try_add", "round");
    }
  }

  private static List<String> functions() {
    List<String> names = new ArrayList<>();
    for (FunctionIdentifier function : asJava(FunctionRegistry.builtin().listFunction())) {
      if (function.funcName().matches("[a-z_0-9]+") && !NOT_TRIED.contains(function.funcName())) {
        names.add(function.funcName());
      }
    }
    Collections.sort(names);
    return names;
  }

  private static List<String> arguments(Random random) {
    List<String> all = new ArrayList<>(ARGUMENTS);
    all.addAll(USUAL);
    for (int i = 0; i < CALLS; i++) {
      List<String> some = new ArrayList<>();
      for (int argument = 0; argument < 2 + random.nextInt(2); argument++) {
        some.add(ARGUMENTS.get(random.nextInt(ARGUMENTS.size())));
      }
      all.add(String.join(", ", some));
    }
    return all;
  }

  /**
   * Whether the function can be made of so many arguments, which most cannot: to be told so by the
   * analysis of a whole query takes long.
   */
  private static boolean mayBeCalled(String function, String call, Map<String, Expression> values) {
    try {
      if (!(CatalystSqlParser$.MODULE$.parseExpression(call)
          instanceof UnresolvedFunction parsed)) {
        return true;
      }
      List<Expression> arguments = new ArrayList<>();
      for (Expression argument : asJava(parsed.arguments())) {
        Expression known =
            argument instanceof UnresolvedAttribute column ? values.get(column.name()) : argument;
        if (known == null || !known.resolved()) {
          return true;
        }
        arguments.add(known);
      }
      FunctionRegistry.builtin()
          .lookupFunction(new FunctionIdentifier(function), asScala(arguments).toSeq());
      return true;
    } catch (Exception notACall) { // Spark's exception for SQL is a checked one.
      return false;
    }
  }

  /** The call, if a view may have it. */
  private static Expression taken(SparkSession spark, String call) {
    LogicalPlan plan;
    try {
      plan = spark.sql("SELECT %s AS r FROM worst".formatted(call)).queryExecution().analyzed();
    } catch (Exception notACall) { // Spark's exception for SQL is a checked one.
      return null;
    }
    if (!(plan instanceof Project)
        || !(asJava(((Project) plan).projectList()).get(0) instanceof Alias alias)
        || !alias.child().deterministic()
        || alias
            .child()
            .exists(
                part ->
                    part instanceof AggregateExpression
                        || part instanceof Generator
                        || part instanceof With)) {
      return null;
    }
    SqlProblems problems = new SqlProblems("view.sql", "view");
    new RaisingCheck(new SqlTree(plan), problems).check();
    if (!problems.isEmpty()) {
      return null;
    }
    Project replaced = (Project) ReplaceExpressions$.MODULE$.apply(plan);
    return BindReferences.bindReference(
        ((Alias) asJava(replaced.projectList()).get(0)).child(),
        package$.MODULE$.AttributeSeq(replaced.child().output()),
        false);
  }

  private static Optional<Throwable> failure(
      Expression expression, List<InternalRow> rows, StructType columns, Random random) {
    for (int i = 0; i < rows.size() + 20; i++) {
      Object[] mixed = new Object[columns.size()];
      for (int column = 0; column < mixed.length; column++) {
        InternalRow from = rows.get(i < rows.size() ? i : random.nextInt(rows.size()));
        mixed[column] = from.get(column, columns.fields()[column].dataType());
      }
      try {
        expression.eval(new GenericInternalRow(mixed));
      } catch (Exception | StackOverflowError e) { // Scala throws checked ones too.
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }
}
