package io.tidemark.table;

/** The open table formats that a table of the lake can be kept in. */
public enum TableFormat {
  DELTA,
  ICEBERG
}
