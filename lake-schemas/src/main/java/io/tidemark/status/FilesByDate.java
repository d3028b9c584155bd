package io.tidemark.status;

import io.tidemark.table.LakeTable;
import java.time.LocalDate;
import java.util.Optional;
import java.util.SortedMap;

/** What is in the files of a table's dates; read when it is asked first. */
final class FilesByDate {
  private final LakeTable table;
  private final long version;
  private SortedMap<LocalDate, String> byDate;

  FilesByDate(LakeTable table, long version) {
    this.table = table;
    this.version = version;
  }

  Optional<String> of(LocalDate date) {
    if (byDate == null) {
      byDate = table.contentsByDate(version);
    }
    return Optional.ofNullable(byDate.get(date));
  }
}
