package io.tidemark.table;

/**
 * SQL by which the content of a date is named after its files, which are never written twice. Two
 * programs on two versions of Spark use it, and have to agree.
 */
public final class FileContents {
  /** A file of Delta's log with what was deleted of it. */
  public static final String DELTA_FILE =
      "concat_ws('+', path, coalesce(deletionVector.pathOrInlineDv, ''),"
          + " coalesce(CAST(deletionVector.offset AS STRING), ''))";

  /** An Iceberg file, of rows or of deletes. */
  public static final String ICEBERG_FILE = "file_path";

  /** Aggregates the files of a date, in a column {@code file}. */
  public static final String NAME =
      "substring(sha2(concat_ws(',', array_sort(collect_list(file))), 256), 1, 16)";

  private FileContents() {}
}
