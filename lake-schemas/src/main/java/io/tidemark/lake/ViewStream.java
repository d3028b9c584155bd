package io.tidemark.lake;

import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.ops.Seal;
import io.tidemark.ops.Seals;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.session.LakeSession;
import io.tidemark.view.View;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * Where the stream of a view stands: whether it goes on with what it has counted, or begins again.
 *
 * @param gap why a query over its events cannot go on from a checkpoint, if it cannot
 * @param sealedVersion the version of the view by which a date of it was sealed last
 */
public record ViewStream(
    View view,
    StreamDefinition definition,
    Generations generations,
    Pipeline.Refresh refresh,
    Map<String, String> settings,
    Function<Path, Optional<String>> gap,
    Supplier<Optional<String>> sealedVersion) {
  private static final String PARTITIONS = "spark.sql.shuffle.partitions";
  private static final String PROVIDER = "spark.sql.streaming.stateStore.providerClass";

  /** Of a view of these tables. */
  public static ViewStream of(
      SparkSession spark, PipelineTables tables, Environment environment, ViewTable view) {
    return of(
        spark,
        tables.pipeline(),
        environment,
        view.view(),
        tables.events().get(view.view().events()).definition().columns(),
        tables.dimensionColumns(),
        tables.events().get(view.view().events())::gap,
        () -> sealedVersion(spark, tables.operations().seals(), tables.pipeline(), view.view()));
  }

  static Optional<String> sealedVersion(
      SparkSession spark, Seals seals, Pipeline pipeline, View view) {
    return seals
        .last(spark, pipeline.name())
        .getOrDefault(view.name(), Collections.emptySortedMap())
        .values()
        .stream()
        .max(Comparator.comparing(Seal::sealedAt))
        .map(Seal::viewVersion);
  }

  static ViewStream of(
      SparkSession spark,
      Pipeline pipeline,
      Environment environment,
      View view,
      StructType events,
      Map<String, StructType> dimensions,
      Function<Path, Optional<String>> gap,
      Supplier<Optional<String>> sealedVersion) {
    Path root =
        new Path(
            LakeSession.path(environment.checkpoints()),
            "%s/refresh/%s".formatted(pipeline.name(), view.name()));
    return new ViewStream(
        view,
        StreamDefinition.of(spark, view, events, dimensions),
        new Generations(root, spark.sparkContext().hadoopConfiguration()),
        pipeline.refresh(),
        environment.spark(),
        gap,
        sealedVersion);
  }

  /**
   * Why it has to begin again; empty if it goes on. A checkpoint without a definition is from
   * before there were any, and is taken for one of this definition unless a seal says otherwise.
   */
  public List<String> changes() {
    if (!generations.hasBegun()) {
      return List.of();
    }
    Optional<StreamDefinition> begun = generations.definition();
    List<String> changes = begun.map(before -> before.changes(definition)).orElse(List.of());
    if (!changes.isEmpty()) {
      return changes;
    }
    Optional<String> gone = gap.apply(generations.current());
    if (begun.isPresent() || gone.isPresent()) {
      return gone.stream().toList();
    }
    boolean sealedAlike = sealedVersion.get().map(view.version().names()::contains).orElse(true);
    return sealedAlike
        ? List.of()
        : List.of("its SQL, key or lateness has changed since its dates were sealed");
  }

  /** Settings of the pipeline that have no effect on it, because its state was made by others. */
  public List<String> withoutEffect() {
    Map<String, String> kept = generations.settings();
    List<String> ignored = new ArrayList<>();
    String partitions =
        settings.getOrDefault(PARTITIONS, Integer.toString(refresh.shufflePartitions()));
    if (!kept.getOrDefault(PARTITIONS, partitions).equals(partitions)) {
      ignored.add(
          "refresh.shuffle-partitions is %s, and its state is divided into %s"
              .formatted(partitions, kept.get(PARTITIONS)));
    }
    String store =
        settings.containsKey(PROVIDER)
            ? store(settings.get(PROVIDER))
            : refresh.stateStore().name().toLowerCase(Locale.ROOT);
    if (kept.containsKey(PROVIDER) && !store(kept.get(PROVIDER)).equals(store)) {
      ignored.add(
          "refresh.state-store is %s, and its state is kept in %s"
              .formatted(store, store(kept.get(PROVIDER))));
    }
    return ignored;
  }

  private static String store(String provider) {
    return switch (provider.substring(provider.lastIndexOf('.') + 1)) {
      case "RocksDBStateStoreProvider" -> "rocksdb";
      case "HDFSBackedStateStoreProvider" -> "memory";
      default -> provider;
    };
  }

  /**
   * The checkpoint that it goes on with, or begins again with.
   *
   * @param again whether it is to begin again in any case
   */
  public Path checkpoint(boolean again) {
    List<String> changes = changes();
    if (again || !changes.isEmpty()) {
      generations.begin(definition, again ? "it was told to, by --rebuild" : text(changes));
    } else if (!generations.definition().equals(Optional.of(definition))) {
      generations.adopt(definition);
    }
    return generations.current();
  }

  /**
   * Makes the next start of the stream start over, if it began before then, so that its old state
   * is no longer used. A running stream is not affected. {@code maintain} deletes the old
   * checkpoint.
   */
  public void forget(Instant then) {
    if (generations.hasBegun() && generations.begunAt().filter(at -> at.isAfter(then)).isEmpty()) {
      generations.begin(definition, "events were erased since its stream began");
    }
  }

  /** What happens at the next start, in words; empty if it just goes on. */
  public List<String> notices() {
    List<String> changes = changes();
    if (!changes.isEmpty()) {
      return List.of(startsOver(text(changes)));
    }
    Optional<String> reason = generations.reason();
    if (reason.isPresent()) {
      return List.of(startsOver(reason.get()));
    }
    return withoutEffect().stream()
        .map(
            ignored ->
                "%s: %s; the first run of its stream fixed this, and the new setting has no effect. To start the stream over with it: 'stream --rebuild %s'."
                    .formatted(view.name(), ignored, view.name()))
        .toList();
  }

  private String startsOver(String why) {
    return "%s: %s. Its stream starts over from the first event in the table. The view table is kept; sealed dates keep their rows until reconcile proves them again. What the stream computes for them meanwhile is not written, and counts as dropped in status: no data is lost."
        .formatted(view.name(), why);
  }

  private static String text(List<String> changes) {
    return String.join(", and ", changes);
  }
}
