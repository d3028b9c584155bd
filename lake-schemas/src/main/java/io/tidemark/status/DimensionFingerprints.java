package io.tidemark.status;

import static org.apache.spark.sql.functions.col;

import io.tidemark.ops.Seal;
import io.tidemark.table.Fingerprint;
import io.tidemark.table.LakeTable;
import io.tidemark.view.View;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What dimensions say to a view: the columns that it reads, whatever version of the table has them.
 *
 * @param present a fingerprint of each dimension
 * @param versions of each dimension at which it said the same, of those that seals know no more of
 */
public record DimensionFingerprints(Map<String, String> present, Map<String, Set<Long>> versions) {
  private static final Logger LOG = LoggerFactory.getLogger(DimensionFingerprints.class);

  public DimensionFingerprints {
    present = Map.copyOf(present);
    versions = Map.copyOf(versions);
  }

  /**
   * @param pinned the version of each dimension
   * @param seals that are to be compared with it
   */
  public static DimensionFingerprints of(
      SparkSession spark, ViewTables tables, Map<String, Long> pinned, Collection<Seal> seals) {
    Map<String, String> present = new HashMap<>();
    Map<String, Set<Long>> versions = new HashMap<>();
    tables
        .dimensions()
        .forEach(
            (name, table) -> {
              long version = pinned.get(name);
              String content = content(spark, tables.view(), table, version);
              Set<Long> equal = new HashSet<>(Set.of(version));
              for (long sealed : versionsAlone(name, seals)) {
                if (sealed != version
                    && at(spark, tables.view(), table, sealed)
                        .filter(content::equals)
                        .isPresent()) {
                  equal.add(sealed);
                }
              }
              present.put(name, content);
              versions.put(name, Set.copyOf(equal));
            });
    return new DimensionFingerprints(present, versions);
  }

  /** Whether a seal was made from the same. */
  public boolean areThoseOf(Seal seal) {
    return seal.dimensionVersions().keySet().equals(present.keySet())
        && present.entrySet().stream()
            .allMatch(
                dimension -> {
                  String name = dimension.getKey();
                  String sealed = seal.dimensionContents().get(name);
                  return sealed == null
                      ? versions.get(name).contains(seal.dimensionVersions().get(name))
                      : sealed.equals(dimension.getValue());
                });
  }

  private static Set<Long> versionsAlone(String dimension, Collection<Seal> seals) {
    Set<Long> alone = new HashSet<>();
    seals.stream()
        .filter(seal -> !seal.dimensionContents().containsKey(dimension))
        .filter(seal -> seal.dimensionVersions().containsKey(dimension))
        .forEach(seal -> alone.add(seal.dimensionVersions().get(dimension)));
    return alone;
  }

  /** What a version of a dimension said to the view; empty if the table has forgotten it. */
  public static Optional<String> at(SparkSession spark, View view, LakeTable table, long version) {
    try {
      return Optional.of(content(spark, view, table, version));
    } catch (Exception gone) { // Each format throws its own, some of them checked ones of Scala.
      LOG.info("Version {} of {} is gone: {}", version, table.name(), gone.getMessage());
      return Optional.empty();
    }
  }

  private static String content(SparkSession spark, View view, LakeTable table, long version) {
    Dataset<Row> rows = table.read(spark, version);
    List<String> read = view.dimensionColumns(table.definition().columns());
    Column[] columns =
        Arrays.stream(rows.columns())
            .filter(read::contains)
            .map(name -> col("`" + name.replace("`", "``") + "`"))
            .toArray(Column[]::new);
    return Fingerprint.of(rows.select(columns));
  }
}
