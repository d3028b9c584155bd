package io.tidemark.status;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.xxhash64;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructField;

/** What rows say, as expressions. */
public final class RowContent {
  /** Options of JSON that people read: its nulls are there, and times to the microsecond. */
  public static final Map<String, String> WHOLE =
      Map.of(
          "ignoreNullFields", "false",
          "timestampFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSSXXX",
          "timestampNTZFormat", "yyyy-MM-dd'T'HH:mm:ss.SSSSSS");

  /** To the microsecond, as columns have it. */
  private static final Map<String, String> EXACT =
      Map.of("timestampFormat", "yyyy-MM-dd HH:mm:ss.SSSSSS");

  private RowContent() {}

  public static Column[] columns(List<String> names) {
    return names.stream().map(name -> column(name)).toArray(Column[]::new);
  }

  public static Column column(String name) {
    return col("`" + name.replace("`", "``") + "`");
  }

  /** A field as something that has a hash: Spark hashes no map, since entries have no order. */
  public static Column hashable(StructField field) {
    Column column = column(field.name());
    boolean hasMap = field.dataType().existsRecursively(type -> type instanceof MapType);
    return hasMap ? to_json(struct(column), EXACT) : column;
  }

  /**
   * A hash of all that these columns say. Spark's skips nulls, so where they are is hashed as well:
   * or else a value that moved from one column to its neighbour would pass for the same.
   */
  public static Column hash(Column... columns) {
    Stream<Column> nulls = Arrays.stream(columns).map(Column::isNull);
    return xxhash64(Stream.concat(Arrays.stream(columns), nulls).toArray(Column[]::new));
  }
}
