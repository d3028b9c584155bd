package io.tidemark.file;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.from_json;

import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.FileFormat;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * A CSV file with a header, or a file of JSON lines (by its name: {@code .json}, {@code .jsonl},
 * {@code .ndjson}); either may be gzipped.
 */
public record RecordFile(Path path, FileFormat format) {
  /** Where a record stands in the file, from 0. */
  public static final String POSITION = "_position";

  /** The line that a record begins on, from 1: quoted columns may span lines. */
  public static final String LINE = "_line";

  /** Why a record cannot be split into the file's columns, else null. */
  public static final String MALFORMED = "_malformed";

  /** How many tasks share the work on the records, once one has read them. */
  public static final int PARTS = 8;

  static final Set<String> OURS = Set.of(POSITION, LINE, MALFORMED);
  private static final String OBJECT = "_object";

  public RecordFile {
    if (Files.isDirectory(path)) {
      throw new WrongUsageException(
          "Cannot read the records of %s: it is a folder. Name a file in it".formatted(path));
    }
    if (!Files.isReadable(path)) {
      throw new WrongUsageException(
          "Cannot read the records of %s: the file does not exist or cannot be read"
              .formatted(path));
    }
    if (!Files.isRegularFile(path)) {
      throw new WrongUsageException(
          "Cannot read the records of %s: it is not a file, and is read more than once. Write it to a file first"
              .formatted(path));
    }
  }

  /** In UTF-8, or as its byte order mark says; CSV with commas. */
  public RecordFile(Path path) {
    this(path, FileFormat.DEFAULT);
  }

  /**
   * Its records, all columns as text, with {@link #POSITION}, {@link #LINE} and {@link #MALFORMED},
   * in one partition. It must be where tasks run.
   *
   * @throws IllegalArgumentException naming file and line, if its columns have no clear names
   */
  public Dataset<Row> records(SparkSession spark, OptionalLong limit) {
    return records(spark, null, limit);
  }

  /**
   * The same of a file that only the driver has to have, in memory: tasks may run on other
   * machines.
   */
  public Dataset<Row> carried(SparkSession spark) {
    try {
      byte[] content = Files.readAllBytes(path);
      JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
      return records(spark, context.broadcast(content), OptionalLong.empty());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private Dataset<Row> records(SparkSession spark, Broadcast<byte[]> content, OptionalLong limit) {
    return isJson() ? json(spark, content, limit) : read(spark, content, header(), limit);
  }

  /**
   * The problem that mapping found with a record, if any, as an error.
   *
   * @param mapped as {@link RecordMapping} made it
   * @param consequence a sentence that says what was therefore not done
   * @throws IllegalArgumentException naming file and line
   */
  public void refuseProblem(Row mapped, String consequence) {
    String problem = mapped.getAs(RecordMapping.PROBLEM);
    if (problem != null) {
      String remedy =
          problem.startsWith("field ")
              ? " Correct the line, or its expression under replay.fields in pipeline.yaml."
              : "";
      throw new IllegalArgumentException(
          "Cannot use %s:%d: %s.%s %s"
              .formatted(path, mapped.<Long>getAs(LINE), problem, remedy, consequence));
    }
  }

  /** SHA-256 of its bytes, in hexadecimal digits: the same file has the same, whatever its name. */
  public String fingerprint() {
    try (InputStream bytes = Files.newInputStream(path)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte[] part = new byte[64 * 1024];
      for (int count = bytes.read(part); count >= 0; count = bytes.read(part)) {
        digest.update(part, 0, count);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(path, e.getMessage()), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot find SHA-256, which every Java has", e);
    }
  }

  private List<String> header() {
    try (FileText text = FileText.open(path, format.encoding())) {
      TextRecord header = new CsvReader(text, format.separator()).next();
      if (header == null) {
        throw refusal(1, "it is empty, and its first line must name the columns");
      }
      if (header.fault() != null) {
        throw refusal(header.line(), header.fault());
      }
      requireClear(header.values(), header.line());
      return header.values();
    } catch (FaultyFileException e) {
      throw refusal(1, e.getMessage());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  private void requireClear(List<String> names, long line) {
    Set<String> seen = new HashSet<>();
    for (String name : names) {
      if (name == null || name.isBlank()) {
        throw refusal(
            line, "column %d has no name. Give it one".formatted(names.indexOf(name) + 1));
      }
      if (!seen.add(name.toLowerCase(Locale.ROOT))) {
        throw refusal(
            line, "two columns are named '%s', in upper or lower case. Rename one".formatted(name));
      }
      if (OURS.contains(name.toLowerCase(Locale.ROOT))) {
        throw refusal(line, "the name '%s' is Tidemark's own. Rename the column".formatted(name));
      }
    }
  }

  private IllegalArgumentException refusal(long line, String problem) {
    return new IllegalArgumentException("Cannot use %s:%d: %s.".formatted(path, line, problem));
  }

  /** Objects have their columns inferred by Spark, which gives nested ones their structure. */
  private Dataset<Row> json(SparkSession spark, Broadcast<byte[]> content, OptionalLong limit) {
    Dataset<Row> lines = read(spark, content, List.of(OBJECT), limit);
    StructType columns =
        spark
            .read()
            .json(lines.where(col(OBJECT).isNotNull()).select(OBJECT).as(Encoders.STRING()))
            .schema();
    requireClear(List.of(columns.fieldNames()), 1);
    return lines
        .withColumn(OBJECT, from_json(col(OBJECT), columns, Map.of("mode", "FAILFAST")))
        .select(col(OBJECT + ".*"), col(MALFORMED), col(LINE), col(POSITION));
  }

  private Dataset<Row> read(
      SparkSession spark, Broadcast<byte[]> content, List<String> columns, OptionalLong limit) {
    RecordRows rows = new RecordRows(path.toString(), content, isJson(), columns, format, limit);
    // One task reads it all, so that positions count records.
    return spark
        .createDataset(List.of(0), Encoders.INT())
        .mapPartitions(rows, Encoders.row(rows.schema()))
        .coalesce(1);
  }

  private boolean isJson() {
    return path.getFileName().toString().matches("(?is).*\\.(json|jsonl|ndjson)(\\.gz)?");
  }
}
