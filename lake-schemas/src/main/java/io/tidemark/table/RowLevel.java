package io.tidemark.table;

import org.apache.spark.sql.SparkSession;

/**
 * Which upserts mark the rows that they replace as deleted, and leave the files of their dates as
 * they are. All others write their dates again, which keeps a small one in one file. The figures
 * are in docs/performance.md.
 *
 * @param leastRows how many rows the dates of a batch have at least
 */
public record RowLevel(long leastRows) {
  private static final String SETTING = "spark.tidemark.large-date-rows";

  private static final long LEAST_ROWS = 1_000_000;

  /** Of more keys than one in so many, the rows are written again with those beside them. */
  private static final long ROWS_PER_KEY = 10;

  /** The driver holds the positions of so many, or of their marks. */
  private static final long MOST_ROWS = 1_000_000;

  /** Each batch adds a file to a date. Once it has so many, it is written again as one. */
  private static final long FILES_PER_DATE = 32;

  /**
   * Says from how many rows on a session, and the queries that it starts, mark rows. It is a
   * million unless this says otherwise.
   */
  public static void applyFrom(SparkSession spark, long leastRows) {
    spark.conf().set(SETTING, leastRows);
  }

  /** What holds in a session. */
  public static RowLevel of(SparkSession spark) {
    return new RowLevel(Long.parseLong(spark.conf().get(SETTING, Long.toString(LEAST_ROWS))));
  }

  /**
   * Whether a batch is for a table with dates, of so many rows in all that one of them may be
   * large.
   */
  public boolean maySuit(Batch batch, long rowsOfTable) {
    return batch.table().date().isPresent() && rowsOfTable >= leastRows;
  }

  /**
   * @param rows of the dates of the batch
   * @param files that have them
   */
  public boolean suits(Batch batch, long rows, long files) {
    return rows >= leastRows
        && batch.size() <= MOST_ROWS
        && rows / ROWS_PER_KEY >= batch.size()
        && files < FILES_PER_DATE * batch.counts().size();
  }
}
