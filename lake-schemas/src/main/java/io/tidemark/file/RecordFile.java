package io.tidemark.file;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.length;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.monotonically_increasing_id;
import static org.apache.spark.sql.functions.regexp_replace;
import static org.apache.spark.sql.functions.sum;

import io.tidemark.cli.WrongUsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * A CSV file with a header, or a file of JSON lines (by its name: {@code .json}, {@code .jsonl});
 * either may be gzipped.
 */
public record RecordFile(Path path) {
  /** Where a record stands in the file, from 0. */
  public static final String POSITION = "_position";

  /** The text of a record that cannot be split into the file's columns, else null. */
  public static final String MALFORMED = "_malformed";

  /** How many tasks share the work on the records, once one has read them and cast their text. */
  public static final int PARTS = 8;

  public RecordFile {
    if (!Files.isReadable(path)) {
      throw new WrongUsageException(
          "Cannot read the records of %s: there is no such file, or it cannot be read"
              .formatted(path));
    }
  }

  /** Its records, all columns as text, with {@link #POSITION} and {@link #MALFORMED}. */
  public Dataset<Row> records(SparkSession spark, OptionalLong limit) {
    Dataset<Row> records = isJson() ? json(spark) : csv(spark);
    // One task reads it all, so that positions count records.
    Dataset<Row> inOrder = records.coalesce(1);
    return (limit.isPresent() ? inOrder.limit(Math.toIntExact(limit.getAsLong())) : inOrder)
        .withColumn(POSITION, monotonically_increasing_id());
  }

  /**
   * The problem that mapping found with a record, if any, as an error.
   *
   * @param mapped as {@link RecordMapping} made it
   * @param consequence a sentence that says what was therefore not done
   * @throws IllegalArgumentException naming file and line
   */
  public void refuseProblem(SparkSession spark, Row mapped, String consequence) {
    String problem = mapped.getAs(RecordMapping.PROBLEM);
    if (problem != null) {
      throw new IllegalArgumentException(
          "Cannot use %s:%d: %s. Correct the line, or its expression under replay.fields in pipeline.yaml. %s"
              .formatted(path, lineOf(spark, mapped.<Long>getAs(POSITION)), problem, consequence));
    }
  }

  /** The line that a record begins on, from 1: quoted fields may span lines. */
  long lineOf(SparkSession spark, long position) {
    if (isJson()) {
      return position + 1;
    }
    Dataset<Row> before =
        records(spark, OptionalLong.empty()).where(col(POSITION).lt(position)).drop(POSITION);
    Column text =
        concat_ws("", Arrays.stream(before.columns()).map(Column::new).toArray(Column[]::new));
    Column breaks = length(regexp_replace(text, lit("[^\n]"), lit("")));
    Row inside = before.select(sum(breaks)).first();
    return position + 2 + (inside.isNullAt(0) ? 0 : inside.getLong(0));
  }

  private Dataset<Row> csv(SparkSession spark) {
    List<String> header = List.of(csvOptions(spark.read()).csv(path.toString()).columns());
    StructType columns = new StructType();
    for (String name : header) {
      columns = columns.add(name, DataTypes.StringType);
    }
    return csvOptions(spark.read())
        .schema(columns.add(MALFORMED, DataTypes.StringType))
        .csv(path.toString());
  }

  private static DataFrameReader csvOptions(DataFrameReader reader) {
    return reader
        .option("header", true)
        .option("escape", "\"")
        .option("multiLine", true)
        .option("columnNameOfCorruptRecord", MALFORMED);
  }

  private Dataset<Row> json(SparkSession spark) {
    Dataset<Row> records =
        spark
            .read()
            .option("primitivesAsString", true)
            .option("columnNameOfCorruptRecord", MALFORMED)
            .json(path.toString());
    return List.of(records.columns()).contains(MALFORMED)
        ? records
        : records.withColumn(MALFORMED, lit(null).cast(DataTypes.StringType));
  }

  private boolean isJson() {
    return path.getFileName().toString().matches("(?i).*\\.(json|jsonl|ndjson)(\\.gz)?");
  }
}
