package io.tidemark.upkeep;

import io.tidemark.lake.PipelineTables;
import io.tidemark.table.LakeTable;
import org.apache.spark.sql.SparkSession;

/**
 * Tables whose old versions may still hold erased rows: all of a pipeline, once anything in it was
 * erased. Nothing says for sure when the last such version has gone: open dates and restarted
 * streams write more of them.
 *
 * @param isAny whether anything was ever erased
 */
record ErasedVersions(boolean isAny) {
  static ErasedVersions of(SparkSession spark, PipelineTables tables) {
    return new ErasedVersions(
        tables
            .operations()
            .erased()
            .of(spark, tables.pipeline().name())
            .filter(erased -> !erased.isEmpty())
            .isPresent());
  }

  boolean isIn(LakeTable table) {
    return isAny && table.versions().size() > 1;
  }
}
