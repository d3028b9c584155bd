package io.tidemark.reconcile;

import io.tidemark.status.DimensionFingerprints;
import io.tidemark.status.RecomputationInputs;
import io.tidemark.status.ViewTables;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableVersion;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * What the dimensions of a view said before they said what they say now.
 *
 * @param versions of each dimension
 * @param until when one of them changed
 */
record EarlierDimensions(Map<String, Long> versions, Instant until) {
  /** Versions of a dimension that are read; of more, the oldest and the newest. */
  private static final int READ = 50;

  /** A version that says something else than the one before. */
  private record Change(String dimension, TableVersion version) {}

  /**
   * Each time one of them changed in what the view reads, the last one first. Compaction, or a row
   * that is delivered again, is not a change.
   *
   * @param since what they said then is the oldest
   */
  static List<EarlierDimensions> of(
      SparkSession spark, ViewTables tables, RecomputationInputs inputs, Instant since) {
    Map<String, Long> said = new HashMap<>();
    List<Change> changes = new ArrayList<>();
    tables
        .dimensions()
        .forEach(
            (name, table) -> {
              List<TableVersion> different =
                  different(
                      spark,
                      tables,
                      table,
                      read(table, inputs.dimensionVersions().get(name), since));
              if (!different.isEmpty()) {
                said.put(name, different.get(0).version());
                different.stream()
                    .skip(1)
                    .map(version -> new Change(name, version))
                    .forEach(changes::add);
              }
            });
    changes.sort(Comparator.comparing(change -> change.version().at()));
    List<EarlierDimensions> earlier = new ArrayList<>();
    for (Change change : changes) {
      earlier.add(new EarlierDimensions(Map.copyOf(said), change.version().at()));
      said.put(change.dimension(), change.version().version());
    }
    Collections.reverse(earlier);
    return earlier;
  }

  /** Those from the one that there was at that time to the one that is pinned. */
  private static List<TableVersion> read(LakeTable table, long pinned, Instant since) {
    List<TableVersion> versions = new ArrayList<>();
    for (TableVersion version : table.versions()) {
      if (!version.at().isAfter(since)) {
        versions.clear();
      }
      versions.add(version);
      if (version.version() == pinned) {
        break;
      }
    }
    if (versions.size() > READ) {
      versions.subList(1, versions.size() - READ + 1).clear();
    }
    return versions;
  }

  private static List<TableVersion> different(
      SparkSession spark, ViewTables tables, LakeTable table, List<TableVersion> versions) {
    List<TableVersion> different = new ArrayList<>();
    Optional<String> before = Optional.empty();
    for (TableVersion version : versions.size() == 1 ? List.<TableVersion>of() : versions) {
      Optional<String> says =
          DimensionFingerprints.at(spark, tables.view(), table, version.version());
      if (says.isPresent() && !says.equals(before)) {
        different.add(version);
        before = says;
      }
    }
    return different;
  }
}
