package io.tidemark.table;

/** A table's name in its two parts. */
public record TableName(String schema, String table) {
  public static TableName of(String name) {
    int dot = name.indexOf('.');
    return new TableName(name.substring(0, dot), name.substring(dot + 1));
  }

  public String path() {
    return schema + "/" + table;
  }

  @Override
  public String toString() {
    return schema + "." + table;
  }
}
