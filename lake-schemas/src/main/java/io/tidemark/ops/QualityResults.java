package io.tidemark.ops;

import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tidemark.ops.QualityAnswer.Asked;
import io.tidemark.ops.QualityAnswer.Outcome;
import io.tidemark.pipeline.QualityCheck;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** {@code ops.quality}: what checks of quality have found. Another program writes it. */
public final class QualityResults {
  private final MadeOnUse table;

  QualityResults(MadeOnUse table) {
    this.table = table;
  }

  /** Every different answer to some checks, whether they were gates then or not. */
  public Map<Asked, List<QualityAnswer>> answers(
      SparkSession spark, String pipeline, Collection<QualityCheck> checks) {
    Set<String> names = checks.stream().map(QualityCheck::name).collect(toSet());
    Map<Asked, List<QualityAnswer>> answers = new HashMap<>();
    table
        .find()
        // A table of an earlier version gains its columns; the program that writes it cannot.
        .map(found -> table.make())
        .ifPresent(
            results ->
                results
                    .read(spark)
                    .where(
                        col("pipeline")
                            .equalTo(pipeline)
                            .and(col("check_name").isin(names.toArray())))
                    .withColumn("version", when(col("date").isNull(), col("table_version")))
                    .groupBy(
                        QualityAnswer.TOLD_APART_BY.stream()
                            .map(functions::col)
                            .toArray(Column[]::new))
                    .agg(
                        max_by(
                                struct(col("value"), col("expected"), col("message")),
                                col("checked_at"))
                            .as("last"),
                        max("edits_through").as("edits_through"),
                        max("checked_at").as("checked_at"))
                    .withColumn("value", col("last.value"))
                    .withColumn("expected", col("last.expected"))
                    .withColumn("message", col("last.message"))
                    .collectAsList()
                    .forEach(
                        row ->
                            answers
                                .computeIfAbsent(asked(row), of -> new ArrayList<>())
                                .add(answer(row))));
    return answers;
  }

  private static Asked asked(Row row) {
    Date date = row.getAs("date");
    return new Asked(
        row.getAs("table_name"), row.getAs("check_name"), date == null ? null : date.toLocalDate());
  }

  private static QualityAnswer answer(Row row) {
    Outcome outcome = Outcome.valueOf(row.<String>getAs("outcome").toUpperCase(Locale.ROOT));
    return new QualityAnswer(
        outcome,
        outcome == Outcome.PASSED ? "" : found(row),
        row.getAs("definition"),
        Cells.number(row.getAs("table_rows")),
        Cells.number(row.getAs("version")),
        Cells.number(row.getAs("referenced_version")),
        row.getAs("contents"),
        Cells.number(row.getAs("edits_through")),
        row.getAs("compared"),
        row.<Timestamp>getAs("checked_at").toInstant());
  }

  private static String found(Row row) {
    String message = Optional.<String>ofNullable(row.getAs("message")).map(": "::concat).orElse("");
    Double value = row.getAs("value");
    return value == null
        ? "could not be computed" + message
        : "found %s, but accepts %s%s".formatted(value, row.getAs("expected"), message);
  }
}
