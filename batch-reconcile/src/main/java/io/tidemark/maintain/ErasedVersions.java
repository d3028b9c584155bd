package io.tidemark.maintain;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Runs;
import io.tidemark.ops.Seal;
import io.tidemark.status.Finality;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableVersion;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * Which tables may have versions with what was erased: those from before it was, or before the
 * dates that were made of it were repaired.
 *
 * @param last when either was done last
 */
record ErasedVersions(Optional<Instant> last) {
  static ErasedVersions of(SparkSession spark, PipelineTables tables) {
    String pipeline = tables.pipeline().name();
    Stream<Instant> erased =
        tables.operations().runs().list(spark, "forget", pipeline).stream().map(Runs.Run::endedAt);
    Stream<Instant> repaired =
        tables.operations().seals().last(spark, pipeline).values().stream()
            .flatMap(seals -> seals.values().stream())
            .filter(ErasedVersions::isOfErased)
            .map(Seal::sealedAt);
    return new ErasedVersions(Stream.concat(erased, repaired).max(Instant::compareTo));
  }

  private static boolean isOfErased(Seal seal) {
    return seal.found().filter(found -> found.drift().containsKey(Finality.ERASED)).isPresent();
  }

  boolean isIn(LakeTable table) {
    if (last.isEmpty()) {
      return false;
    }
    List<TableVersion> versions = table.versions();
    return versions.size() > 1 && versions.get(0).at().isBefore(last.get());
  }
}
