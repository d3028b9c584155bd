package io.tidemark.maintain;

import io.tidemark.lake.PipelineTables;
import io.tidemark.table.LakeTable;
import org.apache.spark.sql.SparkSession;

/**
 * Which tables may have versions with what was erased: every one of a pipeline in which something
 * ever was. A table has such versions until dates are repaired, streams begin again and the last of
 * them is forgotten, and nothing tells when for sure.
 *
 * @param isAny whether something ever was
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
