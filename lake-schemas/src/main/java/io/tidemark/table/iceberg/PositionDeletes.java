package io.tidemark.table.iceberg;

import static java.util.stream.Collectors.groupingBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.iceberg.DataFile;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.FileFormat;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Table;
import org.apache.iceberg.data.GenericFileWriterFactory;
import org.apache.iceberg.data.Record;
import org.apache.iceberg.deletes.PositionDelete;
import org.apache.iceberg.deletes.PositionDeleteWriter;
import org.apache.iceberg.io.FileWriterFactory;
import org.apache.iceberg.io.OutputFileFactory;

/**
 * Rows of data files that are deleted, as Iceberg's format version 2 has it: files of paths and
 * positions.
 *
 * @param positions of the rows, from 0, by the path of their file
 */
record PositionDeletes(SortedMap<String, long[]> positions) {
  PositionDeletes {
    positions = new TreeMap<>(positions);
    positions.replaceAll((path, rows) -> Arrays.stream(rows).sorted().toArray());
  }

  /**
   * Writes a file for each partition, of which no version knows yet.
   *
   * @param files with the rows, of the table's present partitions, by path
   */
  List<DeleteFile> write(Table table, Map<String, DataFile> files) {
    PartitionSpec spec = table.spec();
    FileWriterFactory<Record> writers = new GenericFileWriterFactory.Builder(table).build();
    OutputFileFactory places =
        OutputFileFactory.builderFor(table, 0, 0)
            .format(FileFormat.PARQUET)
            .operationId(UUID.randomUUID().toString())
            .suffix("deletes")
            .build();
    Map<String, List<String>> paths =
        positions.keySet().stream()
            .collect(groupingBy(path -> spec.partitionToPath(files.get(path).partition())));
    List<DeleteFile> written = new ArrayList<>();
    try {
      for (List<String> ofPartition : paths.values()) {
        DataFile first = files.get(ofPartition.get(0));
        written.add(
            write(
                writers.newPositionDeleteWriter(
                    places.newOutputFile(spec, first.partition()), spec, first.partition()),
                ofPartition));
      }
      return written;
    } catch (RuntimeException e) {
      delete(table, written, e);
      throw e;
    }
  }

  /** Deletes files that no version has, after a failure which counts more than theirs. */
  static void delete(Table table, List<DeleteFile> files, Throwable failure) {
    for (DeleteFile file : files) {
      try {
        table.io().deleteFile(file.location());
      } catch (RuntimeException left) {
        failure.addSuppressed(left);
      }
    }
  }

  private DeleteFile write(PositionDeleteWriter<Record> writer, List<String> paths) {
    PositionDelete<Record> delete = PositionDelete.create();
    try (writer) {
      for (String path : paths) {
        for (long position : positions.get(path)) {
          writer.write(delete.set(path, position));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a file of deletes: " + e.getMessage(), e);
    }
    return writer.toDeleteFile();
  }
}
