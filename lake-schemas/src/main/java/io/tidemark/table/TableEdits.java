package io.tidemark.table;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What was done to a table since a version, other than landing in it and compacting it.
 *
 * @param through the version that was looked at last
 * @param found in no order; one date may be there several times
 */
public record TableEdits(long through, List<Edit> found) {
  /** The operation of {@link LakeTable#erase}. */
  public static final String ERASED = "erased";

  public TableEdits {
    found = List.copyOf(found);
  }

  /**
   * One commit, on one date.
   *
   * @param date empty if it may be any
   * @param operation as the format calls it
   * @param version that the commit made
   */
  public record Edit(Optional<LocalDate> date, String operation, long version) {}

  /** Nothing since this version. */
  public static TableEdits none(long version) {
    return new TableEdits(version, List.of());
  }

  /** Nobody can say what happened. */
  public static TableEdits unknown(long through, String reason) {
    return new TableEdits(through, List.of(new Edit(Optional.empty(), reason, through)));
  }

  /** Both. */
  public TableEdits and(TableEdits others) {
    List<Edit> all = new ArrayList<>(found);
    all.addAll(others.found());
    return new TableEdits(through, all.stream().distinct().toList());
  }
}
