package io.tidemark.table.delta;

import io.tidemark.table.LakeTable;

/** What tests ask of a Delta table that no {@link LakeTable} tells. */
public final class DeltaInside {
  private DeltaInside() {}

  /** Its folder, as a URI. */
  public static String path(LakeTable table) {
    return ((DeltaTable) table).path();
  }

  /** Whether landing writes to it itself, rather than by a query. */
  public static boolean isWrittenDirectly(LakeTable table) {
    return DeltaAppend.suits(((DeltaTable) table).snapshot(), table.definition());
  }

  /** How many of its present files have one. */
  public static long filesWithDeletionVectors(LakeTable table) {
    return ((DeltaTable) table)
        .snapshot()
        .allFiles()
        .toDF()
        .where("deletionVector IS NOT NULL")
        .count();
  }
}
