package io.tidemark.landing;

import org.apache.spark.sql.Column;

/** Lands dead letters of one table that have become good, each once. */
public interface TableReplay {
  /**
   * Lands those that are good now.
   *
   * @param condition on the columns of {@code ops.dead_letters}: which are tried
   */
  ReplayedRecords replay(Column condition);

  /** What {@link #replay} would do, without doing it. */
  ReplayedRecords tried(Column condition);
}
