package io.tidemark.dimension;

import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.RESCUED;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.when;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.table.Commit;
import io.tidemark.table.Fingerprint;
import io.tidemark.table.LakeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A dimension that comes from a file: the last line of a key is its row. Lines that are taken out
 * of the file stay in the table, as records of a topic would.
 *
 * @param query names the load
 */
public record DimensionFile(
    String query, LakeTable table, RecordFile file, RecordMapping mapping, List<String> key) {
  private static final String FACTS = "facts";
  private static final String LOADED = "loaded";

  public DimensionFile {
    key = List.copyOf(key);
  }

  /**
   * Makes the table say what the file says, whatever the file's date. Rows that say it already stay
   * as they are, and if all do nothing is written.
   *
   * @throws IllegalArgumentException naming file and line, if a line cannot become a row; nothing
   *     is loaded then
   */
  public void load(SparkSession spark) {
    Dataset<Row> mapped = mapping.map(file.carried(spark)).drop(RecordMapping.ARRIVED).persist();
    try {
      mapped
          .where(col(RecordMapping.PROBLEM).isNotNull())
          .orderBy(RecordFile.POSITION)
          .limit(1)
          .collectAsList()
          .forEach(row -> file.refuseProblem(row, "Nothing was loaded."));
      Dataset<Row> rows = rows(mapped);
      table.rewrite(
          spark,
          present -> loaded(present, rows),
          new Commit(query, table.lastBatch(query).orElse(-1) + 1));
    } finally {
      mapped.unpersist();
    }
  }

  /** The present rows, and those of the file in place of what says something else. */
  private Dataset<Row> loaded(Dataset<Row> present, Dataset<Row> rows) {
    Dataset<Row> both =
        present
            .withColumn(LOADED, lit(0))
            .unionByName(rows.withColumn(LOADED, lit(1)), true)
            .withColumn(FACTS, Fingerprint.text(Fingerprint.fields(rows, facts())));
    Column row =
        struct(columns(Arrays.stream(both.columns()).filter(name -> !LOADED.equals(name))));
    return both.groupBy(columns(key.stream()))
        .agg(min_by(row, col(LOADED)).as("present"), max_by(row, col(LOADED)).as("loaded"))
        .select(
            when(col("present.facts").equalTo(col("loaded.facts")), col("present"))
                .otherwise(col("loaded"))
                .as("row"))
        .select("row.*")
        .drop(FACTS);
  }

  private Dataset<Row> rows(Dataset<Row> mapped) {
    Stream<Column> origin =
        Stream.of(
            lit(null).cast("bigint").as(OFFSET),
            lit(Timestamp.from(changed())).as(TIMESTAMP),
            lit(null).cast("string").as(RESCUED));
    Column row =
        struct(
            Stream.concat(Arrays.stream(columns(facts().stream())), origin).toArray(Column[]::new));
    return mapped
        .groupBy(columns(key.stream()))
        .agg(max_by(row, col(RecordFile.POSITION)).as("last"))
        .select("last.*");
  }

  private List<String> facts() {
    return mapping.schema().getFields().stream().map(Schema.Field::name).toList();
  }

  private static Column[] columns(Stream<String> names) {
    return names.map(name -> col("`" + name + "`")).toArray(Column[]::new);
  }

  private Instant changed() {
    try {
      return Files.getLastModifiedTime(file.path()).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tell when %s changed".formatted(file.path()), e);
    }
  }
}
