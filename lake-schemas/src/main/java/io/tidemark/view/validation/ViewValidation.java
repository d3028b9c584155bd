package io.tidemark.view.validation;

import io.tidemark.pipeline.InvalidConfigurationException;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.view.Selection;
import io.tidemark.view.SparkMessage;
import io.tidemark.view.SqlTree;
import io.tidemark.view.Syntax;
import io.tidemark.view.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkIllegalArgumentException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Finds what would make a view's stream and its batch disagree, or either of them stop. */
public final class ViewValidation {
  private final SparkSession spark;
  private final Pipeline pipeline;
  private final Map<String, Dataset<Row>> sources = new HashMap<>();

  private ViewValidation(SparkSession spark, Pipeline pipeline, Map<String, StructType> columns) {
    this.spark = spark;
    this.pipeline = pipeline;
    columns.forEach((name, fields) -> sources.put(name, spark.createDataFrame(List.of(), fields)));
  }

  /** Adds the problems of the schemas and of every view's SQL; reads no table and no topic. */
  public static void check(SparkSession spark, Pipeline pipeline, Problems problems) {
    Map<String, StructType> columns = Schemas.of(pipeline, problems);
    if (columns.size() < pipeline.events().size() + pipeline.dimensions().size()) {
      return; // The views would only be told that a table is missing.
    }
    ViewValidation validation = new ViewValidation(spark, pipeline, columns);
    for (ViewDefinition view : pipeline.views()) {
      problems.addAll(validation.problems(view));
    }
  }

  /**
   * Refuses a pipeline whose views a batch could not prove, whose schemas cannot be used, or whose
   * gates say something else whenever they are asked.
   *
   * @throws InvalidConfigurationException naming every problem with its line
   */
  public static void require(SparkSession spark, Pipeline pipeline) {
    Problems problems = new Problems();
    check(spark, pipeline, problems);
    QualityFile.inspect(pipeline, problems)
        .ifPresent(quality -> new GateConditions(spark, tables(pipeline)).check(quality, problems));
    problems.refuse();
  }

  /** The columns of what gates are of, by their full names; what is wrong with them is told. */
  private static Map<String, StructType> tables(Pipeline pipeline) {
    Map<String, StructType> tables = new HashMap<>();
    Schemas.of(pipeline, new Problems())
        .forEach((name, fields) -> tables.put(pipeline.table(name), fields));
    return tables;
  }

  private List<Problems.Problem> problems(ViewDefinition view) {
    SqlProblems problems = new SqlProblems(view);
    try {
      Syntax syntax = Syntax.of(view.sql());
      checkSyntax(syntax, problems);
      checkMeaning(view, syntax, problems);
    } catch (AnalysisException e) {
      int line = (Integer) (Object) e.line().getOrElse(() -> 1);
      // Spark's own words about a line add nothing to ours.
      if (!problems.has(line)) {
        problems.add(line, "Cannot understand the SQL: %s".formatted(SparkMessage.of(e)));
      }
    } catch (SparkIllegalArgumentException e) {
      if (problems.isEmpty()) {
        problems.add(1, "Cannot understand the SQL: %s".formatted(e.getMessage()));
      }
    }
    return problems.list();
  }

  /** Needs no types, so that it finds all there is even where a column is misspelled. */
  private void checkSyntax(Syntax syntax, SqlProblems problems) {
    RefusedClauses clauses = new RefusedClauses(syntax, problems);
    clauses.check();
    clauses.checkOneAggregation();
    RefusedFunctions.check(syntax, problems);
    CalledFunctions.unknown(syntax)
        .forEach(call -> problems.add(syntax.tree().line(call), CalledFunctions.problem(call)));
    new WindowCheck(syntax, problems).check();
    new SourceCheck(syntax, pipeline, problems).check();
  }

  private void checkMeaning(ViewDefinition view, Syntax syntax, SqlProblems problems)
      throws AnalysisException {
    boolean hasPlainSyntax = problems.isEmpty();
    // A key cannot name a column that has no name.
    boolean hasNames = new NamesCheck(syntax, problems).check();
    SqlTree tree =
        new SqlTree(Selection.of(view.sql(), sources, spark).queryExecution().analyzed());
    new CollationCheck(tree, problems).check();
    new RaisingCheck(tree, problems).check();
    if (hasPlainSyntax) {
      new DeterminismCheck(tree, problems).check();
      new AggregateCheck(tree, problems).check();
      new DimensionCheck(tree, pipeline.dimensions(), problems).check();
      if (hasNames) {
        new KeyCheck(view, tree, problems).check();
      }
    }
    if (problems.isEmpty()) {
      new StreamCheck(View.of(view, pipeline), spark, sources).check(problems);
    }
  }
}
