package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import java.sql.Date;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** {@code ops.quality}: what checks of quality have found. Another program writes it. */
public final class QualityResults {
  private static final String[] LAST = {
    "outcome",
    "value",
    "expected",
    "message",
    "definition",
    "table_rows",
    "table_version",
    "referenced_version",
    "edits_through"
  };

  private final MadeOnUse table;

  QualityResults(MadeOnUse table) {
    this.table = table;
  }

  /**
   * Which check of which rows.
   *
   * @param date null for a whole table
   */
  public record Asked(String table, String check, LocalDate date) {}

  /**
   * What it found, and in what.
   *
   * @param found in words, empty if it passed
   */
  public record Answer(
      boolean isPassed,
      String found,
      String definition,
      OptionalLong tableRows,
      OptionalLong tableVersion,
      OptionalLong referencedVersion,
      OptionalLong editsThrough) {}

  /** The last answer to every check that is a gate. */
  public Map<Asked, Answer> gates(SparkSession spark, String pipeline) {
    Map<Asked, Answer> answers = new HashMap<>();
    Column[] last = Stream.of(LAST).map(name -> col(name)).toArray(Column[]::new);
    table
        .find()
        .ifPresent(
            results ->
                results
                    .read(spark)
                    .where(col("pipeline").equalTo(pipeline).and(col("gate").equalTo("seal")))
                    .groupBy("table_name", "check_name", "date")
                    .agg(max_by(struct(last), col("checked_at")).as("last"))
                    .select("table_name", "check_name", "date", "last.*")
                    .collectAsList()
                    .forEach(row -> answers.put(asked(row), answer(row))));
    return answers;
  }

  private static Asked asked(Row row) {
    Date date = row.getAs("date");
    return new Asked(
        row.getAs("table_name"), row.getAs("check_name"), date == null ? null : date.toLocalDate());
  }

  private static Answer answer(Row row) {
    boolean isPassed = row.getAs("outcome").equals("passed");
    return new Answer(
        isPassed,
        isPassed ? "" : found(row),
        row.getAs("definition"),
        LocalRows.number(row.getAs("table_rows")),
        LocalRows.number(row.getAs("table_version")),
        LocalRows.number(row.getAs("referenced_version")),
        LocalRows.number(row.getAs("edits_through")));
  }

  private static String found(Row row) {
    String message = Optional.<String>ofNullable(row.getAs("message")).map(": "::concat).orElse("");
    Double value = row.getAs("value");
    return value == null
        ? "could not be computed" + message
        : "found %s, and accepts %s%s".formatted(value, row.getAs("expected"), message);
  }
}
