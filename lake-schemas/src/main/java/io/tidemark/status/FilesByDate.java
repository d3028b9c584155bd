package io.tidemark.status;

import io.tidemark.table.LakeTable;
import java.time.LocalDate;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** What is in the files of a table's dates; read when it is asked first. */
final class FilesByDate {
  private final LakeTable table;
  private final long version;
  private NavigableMap<LocalDate, String> byDate;

  FilesByDate(LakeTable table, long version) {
    this.table = table;
    this.version = version;
  }

  Optional<String> of(LocalDate date) {
    return Optional.ofNullable(all().get(date));
  }

  NavigableMap<LocalDate, String> all() {
    if (byDate == null) {
      byDate = new TreeMap<>(table.contentsByDate(version));
    }
    return byDate;
  }
}
