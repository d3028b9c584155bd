package io.tidemark.table.iceberg;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.iceberg.DeleteFile;
import org.apache.iceberg.ManifestFile;
import org.apache.iceberg.ManifestFiles;
import org.apache.iceberg.ManifestReader;
import org.apache.iceberg.RewriteFiles;
import org.apache.iceberg.Table;

/**
 * The files of an Iceberg table's present version that say which rows of others are deleted.
 *
 * @param dateColumn that the table is partitioned by, if it is
 */
record DeleteFiles(Table table, Optional<String> dateColumn) {

  /** Those of a date; all of them, if the table has no dates. */
  List<DeleteFile> of(Optional<LocalDate> date) {
    List<DeleteFile> files = new ArrayList<>();
    for (ManifestFile manifest : table.currentSnapshot().deleteManifests(table.io())) {
      try (ManifestReader<DeleteFile> deletes =
          ManifestFiles.readDeleteManifest(manifest, table.io(), table.specs())) {
        for (DeleteFile file : deletes) {
          if (dateColumn.isEmpty() || date.equals(dateOf(file))) {
            // The reader fills the same object again.
            files.add(file.copy());
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException("Cannot read the manifests of " + table.name(), e);
      }
    }
    return files;
  }

  private Optional<LocalDate> dateOf(DeleteFile file) {
    return new IcebergEdits(table, dateColumn.orElseThrow()).date(file);
  }

  /**
   * Removes files of a date that delete nothing any more, as a commit that changes no rows.
   *
   * @param files some of which may be gone already
   */
  void remove(Optional<LocalDate> date, List<DeleteFile> files) {
    Set<String> useless = files.stream().map(DeleteFile::location).collect(Collectors.toSet());
    List<DeleteFile> left =
        of(date).stream().filter(file -> useless.contains(file.location())).toList();
    if (!left.isEmpty()) {
      RewriteFiles removal = table.newRewrite();
      left.forEach(removal::deleteFile);
      removal.commit();
    }
  }
}
