package io.tidemark.ops;

import static org.apache.spark.sql.functions.col;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/** {@code ops.tidemarks}: up to which date each view is final, for any engine to read. */
public final class Tidemarks {
  private final MadeOnUse table;

  Tidemarks(MadeOnUse table) {
    this.table = table;
  }

  /**
   * Makes them what is found now, again if another writer was faster.
   *
   * @param found the tidemark of each view, by its name; empty if none of its dates is final
   * @return false, and nothing is committed, if all stand where they stood
   */
  public boolean rewrite(
      SparkSession spark,
      String pipeline,
      Supplier<Map<String, Optional<LocalDate>>> found,
      Instant now) {
    return table.rewrite(spark, pipeline, before -> rows(pipeline, found.get(), before, now));
  }

  /** Creates the table if it is not there, so that others find one. */
  public void create() {
    table.make();
  }

  /** The tidemark of each view, by its name; empty if none of its dates is final. */
  public Map<String, Optional<LocalDate>> read(SparkSession spark, String pipeline) {
    Map<String, Optional<LocalDate>> tidemarks = new HashMap<>();
    for (Row row : rows(spark, pipeline)) {
      tidemarks.put(
          row.getAs("view"),
          Optional.ofNullable(row.<Date>getAs("tidemark")).map(Date::toLocalDate));
    }
    return tidemarks;
  }

  private List<Row> rows(SparkSession spark, String pipeline) {
    return table
        .find()
        .map(present -> present.read(spark).where(col("pipeline").equalTo(pipeline)))
        .map(Dataset::collectAsList)
        .orElse(List.of());
  }

  /** One that stays keeps its {@code since}. */
  private static List<Row> rows(
      String pipeline, Map<String, Optional<LocalDate>> found, List<Row> before, Instant now) {
    List<Row> rows = new ArrayList<>();
    found.forEach(
        (view, tidemark) -> {
          Date date = tidemark.map(Date::valueOf).orElse(null);
          Optional<Row> stays =
              before.stream()
                  .filter(row -> row.getAs("view").equals(view))
                  .filter(row -> Objects.equals(row.getAs("tidemark"), date))
                  .findAny();
          rows.add(
              stays.orElseGet(() -> RowFactory.create(pipeline, view, date, Timestamp.from(now))));
        });
    return rows;
  }
}
