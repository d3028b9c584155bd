package io.tidemark.upkeep;

import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;

/**
 * A table, and what others still need of it.
 *
 * @param isClosed whether nobody writes to a date any more as a rule
 * @param readers checkpoints of the streams that read it
 * @param isCompacted whether its files may become others: where a check of quality is about the
 *     version of a whole table, it would have to be made again
 * @param keepSince since when its versions are needed, if earlier than others
 */
public record MaintainedTable(
    LakeTable table,
    Predicate<LocalDate> isClosed,
    List<Path> readers,
    boolean isCompacted,
    Optional<Instant> keepSince) {
  public MaintainedTable {
    readers = List.copyOf(readers);
  }

  /** One that no stream reads, and in which all of its dates may be written to. */
  static MaintainedTable of(LakeTable table) {
    return new MaintainedTable(table, date -> false, List.of(), true, Optional.empty());
  }

  public String name() {
    return table.name();
  }
}
