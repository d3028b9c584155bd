package io.tidemark.table;

import java.time.LocalDate;

/** Another writer changed the dates that were to be replaced, after they were compared. */
public final class TableMovedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TableMovedException(String message, Throwable cause) {
    super(message, cause);
  }

  public static TableMovedException of(
      LakeTable table, LocalDate from, LocalDate to, long compared, Throwable cause) {
    return new TableMovedException(
        "Cannot replace %s to %s in %s: another writer changed them after version %d. Compare again"
            .formatted(from, to, table.name(), compared),
        cause);
  }
}
