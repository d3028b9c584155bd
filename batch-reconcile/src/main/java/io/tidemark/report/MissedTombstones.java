package io.tidemark.report;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.conv;
import static org.apache.spark.sql.functions.hex;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.lake.PipelineTables;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.LakeTable;
import io.tidemark.table.session.Lake;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Rows of dimensions that a tombstone seems to mean and does not delete: its key is a registry's
 * header and the same bytes as the row's, and the header has another id. Bytes alone do not prove
 * it, so the row stays and is told.
 */
final class MissedTombstones {
  private static final int HEADER = 5;

  /** Keys of a fixed width, such as Kafka's longs, may begin with a zero and have no header. */
  private static final Object[] FIXED_WIDTHS = {8, 16};

  private MissedTombstones() {}

  static List<String> problems(SparkSession spark, PipelineTables tables) {
    List<String> problems = new ArrayList<>();
    for (DimensionSource source : tables.pipeline().dimensions()) {
      LakeTable table = tables.dimensions().get(source.name());
      if (source.topic().isPresent()) {
        shadow(spark, tables, source, table)
            .flatMap(shadow -> problem(spark, source.name(), source.key(), table, shadow))
            .ifPresent(problems::add);
      }
    }
    return problems;
  }

  private static Optional<LakeTable> shadow(
      SparkSession spark, PipelineTables tables, DimensionSource source, LakeTable table) {
    return Lake.of(spark)
        .find(DimensionRows.shadow(tables.pipeline().table(source.shadow()), table.definition()));
  }

  /**
   * @param keys identify a row
   * @param shadow has the tombstones
   */
  static Optional<String> problem(
      SparkSession spark, String dimension, List<String> keys, LakeTable table, LakeTable shadow) {
    if (hasNone(spark, shadow)) {
      return Optional.empty();
    }
    Column[] key = keys.stream().map(name -> column("row", name)).toArray(Column[]::new);
    Dataset<Row> missed =
        table
            .read(spark)
            .where(hasHeader())
            .as("row")
            .join(
                shadow.read(spark).where(col("_tombstone").and(hasHeader())).as("tombstone"),
                body("row")
                    .equalTo(body("tombstone"))
                    .and(not(key("row").equalTo(key("tombstone"))))
                    .and(isLater()))
            .select(
                concat_ws(", ", key).as("key"),
                schema("row").as("row_schema"),
                schema("tombstone").as("schema"))
            .dropDuplicates("key")
            .orderBy("key");
    long count = missed.count();
    return count == 0 ? Optional.empty() : Optional.of(text(dimension, count, missed.head()));
  }

  /** Whether the shadow table is small and has no tombstones. No query is run to find out. */
  private static boolean hasNone(SparkSession spark, LakeTable shadow) {
    return shadow
        .few(spark)
        .filter(
            rows ->
                rows.stream()
                    .noneMatch(
                        row ->
                            Boolean.TRUE.equals(row.getAs("_tombstone"))
                                && hasHeader(row.<byte[]>getAs("_key"))))
        .isPresent();
  }

  private static String text(String dimension, long count, Row example) {
    return "%s: %d rows look deleted but are not, for example '%s'. The row's key has schema id %s, the tombstone's %s, and a tombstone deletes only a key with the same bytes. Send the tombstone with the bytes of the row's key."
        .formatted(
            dimension, count, example.getString(0), example.getString(1), example.getString(2));
  }

  private static boolean hasHeader(byte[] key) {
    return key != null
        && key.length > HEADER
        && !List.of(FIXED_WIDTHS).contains(key.length)
        && key[0] == 0;
  }

  private static Column hasHeader() {
    Column key = col("_key");
    return length(key)
        .gt(HEADER)
        .and(not(length(key).isin(FIXED_WIDTHS)))
        .and(hex(key.substr(1, 1)).equalTo("00"));
  }

  /** By the rule of tombstones: in a partition by offset, between partitions by timestamp. */
  private static Column isLater() {
    return column("tombstone", EventColumns.PARTITION)
        .equalTo(column("row", EventColumns.PARTITION))
        .and(column("tombstone", EventColumns.OFFSET).gt(column("row", EventColumns.OFFSET)))
        .or(
            column("tombstone", EventColumns.PARTITION)
                .notEqual(column("row", EventColumns.PARTITION))
                .and(
                    column("tombstone", EventColumns.TIMESTAMP)
                        .gt(column("row", EventColumns.TIMESTAMP))));
  }

  private static Column schema(String side) {
    return conv(hex(key(side).substr(2, HEADER - 1)), 16, 10);
  }

  private static Column body(String side) {
    return key(side).substr(lit(HEADER + 1), length(key(side)));
  }

  private static Column key(String side) {
    return column(side, "_key");
  }

  private static Column column(String side, String name) {
    return col("%s.`%s`".formatted(side, name.replace("`", "``")));
  }
}
