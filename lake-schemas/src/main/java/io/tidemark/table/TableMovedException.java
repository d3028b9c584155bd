package io.tidemark.table;

/** Another writer changed the dates that were to be replaced, after they were compared. */
public final class TableMovedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TableMovedException(String message, Throwable cause) {
    super(message, cause);
  }
}
