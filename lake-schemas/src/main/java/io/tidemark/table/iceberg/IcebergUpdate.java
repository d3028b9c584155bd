package io.tidemark.table.iceberg;

import static java.util.stream.Collectors.joining;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Changes rows of an Iceberg table by their key.
 *
 * @param values the key, and the columns that are set
 * @param only a condition on rows as they are
 */
record IcebergUpdate(Dataset<Row> values, List<String> key, String only) {

  /**
   * Sets the columns.
   *
   * @param table as SQL has it
   */
  void run(String table) {
    merge(table, "UPDATE SET " + assignments());
  }

  /** Deletes the rows. */
  void delete(String table) {
    merge(table, "DELETE");
  }

  private void merge(String table, String change) {
    String view = "row_update_" + UUID.randomUUID().toString().replace("-", "");
    // Its MERGE cannot plan a source that reads another table of its through a view.
    Dataset<Row> read = values.localCheckpoint(true);
    read.createOrReplaceTempView(view);
    try {
      values
          .sparkSession()
          .sql(
              "MERGE INTO %s AS present USING %s AS value ON %s AND (%s) WHEN MATCHED THEN %s"
                  .formatted(table, view, matches(), only, change));
    } finally {
      values.sparkSession().catalog().dropTempView(view);
    }
  }

  private String matches() {
    return key.stream().map("present.`%1$s` = value.`%1$s`"::formatted).collect(joining(" AND "));
  }

  private String assignments() {
    return Arrays.stream(values.columns())
        .filter(column -> !key.contains(column))
        .map("present.`%1$s` = value.`%1$s`"::formatted)
        .collect(joining(", "));
  }
}
