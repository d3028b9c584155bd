package io.tidemark.table;

/** Another query has landed rows in a table since this one took its number: it takes the next. */
public final class OutrunException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final long last;

  /**
   * @param last number that another query has landed under
   */
  public OutrunException(LakeTable table, Commit commit, long number, long last, Throwable cause) {
    super(
        "Cannot land batch %d of %s in %s as landing %d: another query has landed meanwhile"
            .formatted(commit.batch(), commit.query(), table.name(), number),
        cause);
    this.last = last;
  }

  /** The number of the last landing. */
  public long last() {
    return last;
  }
}
