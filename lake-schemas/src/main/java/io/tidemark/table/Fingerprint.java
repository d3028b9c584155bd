package io.tidemark.table;

import static org.apache.spark.sql.functions.coalesce;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.xxhash64;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.StructField;

/**
 * What small tables say, whatever the order of their rows, the files that hold them, and the width
 * of their columns: a column that was added and is empty changes nothing, nor does an {@code INT}
 * that became a {@code BIGINT}.
 */
public final class Fingerprint {
  /** To the microsecond, as columns have it. */
  private static final Map<String, String> EXACT =
      Map.of(
          "timestampFormat", "yyyy-MM-dd HH:mm:ss.SSSSSS",
          "timestampNTZFormat", "yyyy-MM-dd HH:mm:ss.SSSSSS");

  private static final String ZEROS_BEHIND_THE_POINT = "\\.0*$|(\\.\\d*?)0+$";

  private Fingerprint() {}

  /** A text that rows have in common with no others; 128 bits of hash, and how many they are. */
  public static String of(Dataset<Row> rows) {
    Column text = text(List.of(rows.schema().fields()));
    Dataset<Row> hashes =
        rows.select(text.as("text"))
            .select(xxhash64(col("text")).as("one"), xxhash64(col("text"), lit(1)).as("other"));
    if (FewRows.are(rows)) {
      List<Row> few = hashes.collectAsList();
      return text(few.size(), added(few, 0), added(few, 1));
    }
    Row found =
        hashes
            .agg(
                count(lit(1)),
                coalesce(sum(number(col("one"))), number(lit(0))),
                coalesce(sum(number(col("other"))), number(lit(0))))
            .head();
    return text(
        found.getLong(0), found.getDecimal(1).toBigInteger(), found.getDecimal(2).toBigInteger());
  }

  private static BigInteger added(List<Row> hashes, int column) {
    return hashes.stream()
        .map(row -> BigInteger.valueOf(row.getLong(column)))
        .reduce(BigInteger.ZERO, BigInteger::add);
  }

  private static String text(long rows, BigInteger one, BigInteger other) {
    return "%d:%s:%s".formatted(rows, one.toString(16), other.toString(16));
  }

  /** Whether both have the same rows, each as often. */
  public static boolean equal(Dataset<Row> some, Dataset<Row> others) {
    return of(some).equals(of(others));
  }

  /** A row as text, less what is null. */
  public static Column text(List<StructField> fields) {
    Column[] values =
        fields.stream()
            .sorted((one, other) -> one.name().compareTo(other.name()))
            .map(field -> value(field).as(field.name()))
            .toArray(Column[]::new);
    return to_json(struct(values), EXACT);
  }

  /** The fields of these names. */
  public static List<StructField> fields(Dataset<Row> rows, List<String> names) {
    return Arrays.stream(rows.schema().fields())
        .filter(field -> names.contains(field.name()))
        .toList();
  }

  private static Column value(StructField field) {
    Column column = col("`" + field.name().replace("`", "``") + "`");
    DataType type = field.dataType();
    if (type instanceof DecimalType) {
      return regexp_replace(
          column.cast(DataTypes.StringType), lit(ZEROS_BEHIND_THE_POINT), lit("$1"));
    }
    return type instanceof FloatType ? column.cast(DataTypes.DoubleType) : column;
  }

  private static Column number(Column hash) {
    return hash.cast(DataTypes.createDecimalType(20, 0));
  }
}
