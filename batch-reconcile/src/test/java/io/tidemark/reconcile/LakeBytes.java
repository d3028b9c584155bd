package io.tidemark.reconcile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;

/** Looks for a text in every file of a lake, also where it is compressed. */
record LakeBytes(SparkSession spark, Path folder, String text) {

  /** The files that hold it. */
  List<String> found() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(this::holds)
          .map(file -> folder.relativize(file).toString())
          .sorted()
          .toList();
    }
  }

  /** Whether each of these tables has a file that does. */
  List<Boolean> in(String... tables) throws IOException {
    List<String> found = found();
    return Stream.of(tables)
        .map(table -> found.stream().anyMatch(file -> file.startsWith("warehouse/" + table)))
        .toList();
  }

  private boolean holds(Path file) {
    try {
      return Files.readString(file, ISO_8859_1).contains(text)
          || file.toString().endsWith(".parquet") && isIn(spark.read().parquet(file.toString()))
          || file.toString().endsWith(".avro") && isInAvro(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private boolean isIn(org.apache.spark.sql.Dataset<Row> rows) {
    return !rows.where(
            functions
                .to_json(functions.struct("*"))
                .contains(text)
                .or(
                    Stream.of(rows.schema().fields())
                        .filter(field -> field.dataType().typeName().equals("binary"))
                        .map(field -> functions.col(field.name()).cast("string").contains(text))
                        .reduce(functions.lit(false), org.apache.spark.sql.Column::or)))
        .isEmpty();
  }

  private boolean isInAvro(Path file) throws IOException {
    try (DataFileReader<GenericRecord> rows =
        new DataFileReader<>(file.toFile(), new GenericDatumReader<>())) {
      for (GenericRecord row : rows) {
        if (row.toString().contains(text)) {
          return true;
        }
      }
      return false;
    }
  }
}
