package io.tidemark.table.delta;

import io.tidemark.table.LakeTable;
import org.apache.spark.sql.SparkSession;

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

  /** Says whether rows may be marked as deleted, as the owner of a table does. */
  public static void setDeletionVectors(SparkSession spark, LakeTable table, boolean allowed) {
    spark.sql(
        "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('delta.enableDeletionVectors' = '%s')"
            .formatted(path(table), allowed));
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
