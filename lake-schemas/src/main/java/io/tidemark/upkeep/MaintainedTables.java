package io.tidemark.upkeep;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.lake.ViewStream;
import io.tidemark.ops.Operations;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Seal;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.status.ClosingClock;
import io.tidemark.table.LakeTable;
import io.tidemark.table.session.Lake;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** The tables of a pipeline, and the lake's own. */
record MaintainedTables(
    SparkSession spark, PipelineTables tables, Environment environment, Instant now) {

  List<MaintainedTable> all() {
    List<MaintainedTable> all = new ArrayList<>();
    Map<String, RefreshedBatch> refreshed =
        tables.operations().refreshes().last(spark, pipeline().name());
    tables.events().forEach((name, table) -> all.add(events(name, table, refreshed)));
    dimensions(all);
    tables
        .views()
        .values()
        .forEach(
            view ->
                all.add(
                    new MaintainedTable(
                        view.table(), closed(view, refreshed), List.of(), true, Optional.empty())));
    Lake lake = Lake.of(spark);
    for (Operations table : Operations.values()) {
      lake.find(table.table(pipeline().operations())).map(MaintainedTable::of).ifPresent(all::add);
    }
    return all;
  }

  /** Closed for each of its views. */
  private MaintainedTable events(
      String name, LakeTable table, Map<String, RefreshedBatch> refreshed) {
    List<ViewTable> views =
        tables.views().values().stream().filter(view -> view.view().events().equals(name)).toList();
    LocalDate before = LocalDate.ofInstant(now, ZoneOffset.UTC).minusDays(1);
    Predicate<LocalDate> isClosed = date -> date.isBefore(before);
    List<Path> readers = new ArrayList<>();
    for (ViewTable view : views) {
      Predicate<LocalDate> closed = closed(view, refreshed);
      isClosed = view.equals(views.get(0)) ? closed : isClosed.and(closed);
      readers.addAll(ViewStream.of(spark, tables, environment, view).generations().read());
    }
    return new MaintainedTable(table, isClosed, readers, true, Optional.empty());
  }

  private Predicate<LocalDate> closed(ViewTable view, Map<String, RefreshedBatch> refreshed) {
    Optional<Instant> reached =
        new ClosingClock(now, pipeline().maxFuture())
            .reached(Optional.ofNullable(refreshed.get(view.view().name())));
    return date ->
        reached.filter(watermark -> view.view().window().isClosed(date, watermark)).isPresent();
  }

  /** Each commit of theirs writes them whole. Seals of earlier versions refer to versions. */
  private void dimensions(List<MaintainedTable> all) {
    List<Seal> seals =
        tables.operations().seals().last(spark, pipeline().name()).values().stream()
            .flatMap(ofView -> ofView.values().stream())
            .toList();
    for (DimensionSource source : pipeline().dimensions()) {
      LakeTable table = tables.dimensions().get(source.name());
      boolean isReferred =
          seals.stream()
              .anyMatch(
                  seal ->
                      seal.dimensionVersions().containsKey(source.name())
                          && !seal.dimensionContents().containsKey(source.name()));
      Optional<Instant> keepSince = isReferred ? Optional.of(Instant.EPOCH) : Optional.empty();
      all.add(new MaintainedTable(table, date -> false, List.of(), false, keepSince));
      if (source.topic().isPresent()) {
        Lake.of(spark)
            .find(DimensionRows.shadow(pipeline().table(source.shadow()), table.definition()))
            .map(MaintainedTable::of)
            .ifPresent(all::add);
      }
    }
  }

  private Pipeline pipeline() {
    return tables.pipeline();
  }
}
