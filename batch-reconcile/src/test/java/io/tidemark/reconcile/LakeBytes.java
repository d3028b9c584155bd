package io.tidemark.reconcile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.hadoop.ParquetReader;
import org.apache.parquet.hadoop.example.GroupReadSupport;

/** Looks for a text in every file of a lake, also where it is compressed. */
record LakeBytes(Path folder, String text) {

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
          || file.toString().endsWith(".parquet") && isInParquet(file)
          || file.toString().endsWith(".avro") && isInAvro(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean isInParquet(Path file) throws IOException {
    try (ParquetReader<Group> rows =
        ParquetReader.builder(new GroupReadSupport(), new org.apache.hadoop.fs.Path(file.toUri()))
            .build()) {
      for (Group row = rows.read(); row != null; row = rows.read()) {
        if (row.toString().contains(text)) {
          return true;
        }
      }
      return false;
    }
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
