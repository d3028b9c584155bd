package io.tidemark.landing;

import static io.tidemark.schema.EventColumns.OFFSET;
import static io.tidemark.schema.EventColumns.RESCUED;
import static io.tidemark.schema.EventColumns.TIMESTAMP;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A dimension that comes from a file: the last line of a key is its row. Lines that are taken out
 * of the file stay in the table, as records of a topic would.
 *
 * @param query names the load; a file is loaded once, and again when it is newer; an older one is
 *     left, with a warning
 */
public record DimensionFile(
    String query, LakeTable table, RecordFile file, RecordMapping mapping, List<String> key) {
  private static final Logger LOG = LoggerFactory.getLogger(DimensionFile.class);

  public DimensionFile {
    key = List.copyOf(key);
  }

  /**
   * Loads the file, unless that was done since it changed.
   *
   * @throws IllegalArgumentException naming file and line, if a line cannot become a row; nothing
   *     is loaded then
   */
  public void load(SparkSession spark) {
    Instant changed = changed();
    Commit commit = new Commit(query, changed.toEpochMilli());
    OptionalLong loaded = table.lastBatch(query);
    if (commit.isIn(loaded)) {
      if (loaded.getAsLong() > commit.batch()) {
        LOG.warn(
            "{} is not loaded: it is of {}, and {} was loaded from a file of {}. To load it: touch it",
            file.path(),
            changed,
            table.name(),
            Instant.ofEpochMilli(loaded.getAsLong()));
      }
      return;
    }
    Dataset<Row> mapped = mapping.map(file.records(spark, OptionalLong.empty())).persist();
    try {
      mapped
          .where(col(RecordMapping.PROBLEM).isNotNull())
          .orderBy(RecordFile.POSITION)
          .limit(1)
          .collectAsList()
          .forEach(row -> file.refuseProblem(spark, row, "Nothing was loaded."));
      table.upsert(rows(mapped, changed), key, commit);
    } finally {
      mapped.unpersist();
    }
  }

  private Dataset<Row> rows(Dataset<Row> mapped, Instant changed) {
    Stream<Column> fields =
        mapping.schema().getFields().stream().map(field -> col("`" + field.name() + "`"));
    Stream<Column> origin =
        Stream.of(
            lit(null).cast("bigint").as(OFFSET),
            lit(Timestamp.from(changed)).as(TIMESTAMP),
            lit(null).cast("string").as(RESCUED));
    Column row = struct(Stream.concat(fields, origin).toArray(Column[]::new));
    return mapped
        .groupBy(key.stream().map(name -> col("`" + name + "`")).toArray(Column[]::new))
        .agg(max_by(row, col(RecordFile.POSITION)).as("last"))
        .select("last.*");
  }

  private Instant changed() {
    try {
      return Files.getLastModifiedTime(file.path()).toInstant();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tell when %s changed".formatted(file.path()), e);
    }
  }
}
