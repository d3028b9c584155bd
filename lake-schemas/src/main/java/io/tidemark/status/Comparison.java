package io.tidemark.status;

import static org.apache.spark.sql.functions.bit_xor;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.every;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.when;

import io.tidemark.ops.Seal;
import io.tidemark.schema.EventColumns;
import java.sql.Date;
import java.time.LocalDate;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * How some dates of a view's table compare with their recomputation.
 *
 * @param tableVersion the version of the view's table that was compared
 * @param dates all that were compared; one without a row on either side is in sync
 */
public record Comparison(long tableVersion, SortedMap<LocalDate, Day> dates) {
  public Comparison {
    dates = Collections.unmodifiableSortedMap(new TreeMap<>(dates));
  }

  private static final String STREAM = "stream";
  private static final String BATCH = "batch";
  private static final String KEY = "key";
  private static final String CONTENT = "content";
  private static final String SHOWN = "shown";

  /**
   * One date.
   *
   * @param rows of the recomputation
   * @param equal keys whose rows are equal
   * @param divergent all other keys, of either side
   * @param hash of the recomputed rows, whatever their order
   * @param shown rows of the view's table
   * @param shownHash of these
   */
  public record Day(long rows, long equal, long divergent, long hash, long shown, long shownHash) {
    static final Day EMPTY = new Day(0, 0, 0, 0, 0, 0);

    public String fingerprint() {
      return fingerprint(hash);
    }

    /** Whether the recomputation is what was sealed. */
    public boolean isThatOf(Seal seal) {
      return seal.rows() == rows && seal.fingerprint().equals(fingerprint(hash));
    }

    /** Whether the view's table still has what was sealed. */
    public boolean shows(Seal seal) {
      return seal.rows() == shown && seal.fingerprint().equals(fingerprint(shownHash));
    }

    private static String fingerprint(long hash) {
      return "%016x".formatted(hash);
    }
  }

  /**
   * Compares the view's table as it is now: one pass, however many dates there are. Rows are
   * counted by their whole content, which unlike joining the sides takes no sorting.
   */
  public static Comparison of(
      SparkSession spark, ViewTables tables, Dataset<Row> truth, Collection<LocalDate> dates) {
    long version = tables.table().version();
    SortedMap<LocalDate, Day> compared = new TreeMap<>();
    dates.forEach(date -> compared.put(date, Day.EMPTY));
    contents(stream(spark, tables, version, dates), truth, tables.view().definition().key())
        .groupBy(EventColumns.DATE, KEY)
        .agg(
            every(col(STREAM).equalTo(col(BATCH))).as("equal"),
            sum(BATCH).as(BATCH),
            bit_xor(when(col(BATCH).gt(0), col(CONTENT)).otherwise(0L)).as(CONTENT),
            sum(STREAM).as(STREAM),
            bit_xor(when(col(STREAM).gt(0), col(CONTENT)).otherwise(0L)).as(SHOWN))
        .groupBy(EventColumns.DATE)
        .agg(
            sum(BATCH),
            count_if(col("equal")),
            count(lit(1)),
            bit_xor(col(CONTENT)),
            sum(STREAM),
            bit_xor(col(SHOWN)))
        .collectAsList()
        .forEach(
            row ->
                compared.put(
                    row.<Date>getAs(0).toLocalDate(),
                    new Day(
                        row.getLong(1),
                        row.getLong(2),
                        row.getLong(3) - row.getLong(2),
                        row.getLong(4),
                        row.getLong(5),
                        row.getLong(6))));
    return new Comparison(version, compared);
  }

  /** How often either side has a row: {@code date, key, content, stream, batch}. */
  private static Dataset<Row> contents(Dataset<Row> stream, Dataset<Row> truth, List<String> key) {
    List<String> names = List.of(truth.columns());
    Column row = struct(RowContent.columns(names)).as("row");
    Column[] columns = {col(EventColumns.DATE), struct(RowContent.columns(key)).as(KEY), row};
    Dataset<Row> ofStream =
        stream.select(columns).withColumn(STREAM, lit(1L)).withColumn(BATCH, lit(0L));
    Dataset<Row> ofBatch =
        truth.select(columns).withColumn(STREAM, lit(0L)).withColumn(BATCH, lit(1L));
    Column[] fields = names.stream().map(name -> col("row").getField(name)).toArray(Column[]::new);
    return ofStream
        .union(ofBatch)
        // What follows groups by these and more, and so needs no other shuffle.
        .repartition(col(EventColumns.DATE), col(KEY))
        .groupBy(EventColumns.DATE, KEY, "row")
        .agg(sum(STREAM).as(STREAM), sum(BATCH).as(BATCH))
        .withColumn(CONTENT, RowContent.hash(fields));
  }

  /** The rows that the view's table has on these dates. */
  public static Dataset<Row> stream(
      SparkSession spark, ViewTables tables, long version, Collection<LocalDate> dates) {
    return tables
        .table()
        .read(spark, version)
        .where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
  }

  public List<LocalDate> divergentDates() {
    return dates.keySet().stream().filter(date -> !isInSync(date)).toList();
  }

  public boolean isInSync(LocalDate date) {
    return dates.get(date).divergent() == 0;
  }

  public boolean isInSync() {
    return drift() == 0;
  }

  /** Keys whose rows are not equal. */
  public long drift() {
    return dates.values().stream().mapToLong(Day::divergent).sum();
  }

  /** Keys whose rows are equal, of all keys of either side; 1 if there are none. */
  public double agreement() {
    return share(dates.values().stream().mapToLong(Day::equal).sum(), drift());
  }

  /** The same of one date. */
  public double agreement(LocalDate date) {
    return share(dates.get(date).equal(), dates.get(date).divergent());
  }

  private static double share(long equal, long divergent) {
    return equal == 0 && divergent == 0 ? 1 : (double) equal / (equal + divergent);
  }
}
