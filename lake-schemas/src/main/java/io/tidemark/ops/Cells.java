package io.tidemark.ops;

import java.util.OptionalLong;

/** Cells of rows. */
final class Cells {
  private Cells() {}

  /** The cell of a number that may be absent. */
  static Long ofNumber(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  /** The number of a cell that may be null. */
  static OptionalLong number(Long cell) {
    return cell == null ? OptionalLong.empty() : OptionalLong.of(cell);
  }
}
