package io.tidemark.deadletters;

import io.tidemark.dimension.DimensionReplay;
import io.tidemark.lake.LandedTopic;
import io.tidemark.lake.LandingTables;
import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.DeadLetterReplay;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.ReplayedRecords;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TableReplay;
import io.tidemark.ops.Runs;
import io.tidemark.ops.VerbRun;
import io.tidemark.output.ExitCode;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.status.FinalityTables;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.SparkSession;

/** Lands the dead letters of a pipeline that have become good. */
final class ReplayJob {
  static final String VERB = "dead-letters replay";

  private final SparkSession spark;
  private final PipelineTables tables;
  private final Environment environment;
  private final Clock clock;

  ReplayJob(SparkSession spark, PipelineTables tables, Environment environment, Clock clock) {
    this.spark = spark;
    this.tables = tables;
    this.environment = environment;
    this.clock = clock;
  }

  /** What {@link #replay} would do, without doing it. */
  ReplayReport tried(Column condition) {
    Map<String, TableReplay> replays = replays(Runs.newId());
    try (Progress progress = Progress.plan(VERB, replays.size(), "steps")) {
      return new ReplayReport(
          tables.pipeline().name(),
          Optional.empty(),
          all(replays, replay -> replay.tried(condition), progress),
          List.of());
    }
  }

  /**
   * Lands them, says how dates stand since, and keeps how it ended in {@code ops.runs}. If one
   * table fails, dates are still brought up to date with what has landed before.
   *
   * @param airflowRun the run of a DAG that asks for it
   */
  ReplayReport replay(Column condition, Optional<String> airflowRun) {
    VerbRun run =
        tables.operations().runs().begin(spark, VERB, tables.pipeline().name(), clock, airflowRun);
    return run.record(
        () -> replayed(run.id(), condition),
        report -> new VerbRun.End(ExitCode.FINE, report.outcome(), report.json()));
  }

  private ReplayReport replayed(String run, Column condition) {
    Map<String, TableReplay> replays = replays(run);
    try (Progress progress = Progress.plan(VERB, replays.size() + 1, "steps")) {
      Map<String, ReplayedRecords> replayed =
          all(replays, replay -> replay.replay(condition), progress);
      progress.atNext("see which dates turn dirty");
      new FinalityTables(spark, tables, clock).publish();
      progress.step();
      return new ReplayReport(
          tables.pipeline().name(),
          Optional.of(run),
          replayed,
          tables.operations().dates().dirty(spark, tables.pipeline().name()).stream()
              .filter(date -> isOf(replayed, date.reason()))
              .toList());
    } catch (Exception failure) { // Scala throws checked ones too.
      try {
        new FinalityTables(spark, tables, clock).publish();
      } catch (Exception unpublished) { // As above.
        failure.addSuppressed(unpublished);
      }
      throw failure;
    }
  }

  /** Whether dead letters may be why: any run's that became events, this one's of dimensions. */
  private boolean isOf(Map<String, ReplayedRecords> replayed, String reason) {
    return reason.equals("replayed")
        || reason.equals("dimension")
            && tables.pipeline().dimensions().stream()
                .map(source -> replayed.get(tables.pipeline().table(source.name())))
                .anyMatch(records -> records != null && records.became() > 0);
  }

  private static Map<String, ReplayedRecords> all(
      Map<String, TableReplay> replays,
      Function<TableReplay, ReplayedRecords> replaying,
      Progress progress) {
    Map<String, ReplayedRecords> all = new LinkedHashMap<>();
    replays.forEach(
        (table, replay) -> {
          progress.atNext(table);
          all.put(table, replaying.apply(replay));
          progress.step();
        });
    return all;
  }

  /** By table, in the order of the pipeline. */
  private Map<String, TableReplay> replays(String run) {
    Map<String, TableReplay> replays = new LinkedHashMap<>();
    for (DimensionSource source : tables.pipeline().dimensions()) {
      if (source.topic().isPresent()) {
        replays.put(tables.pipeline().table(source.name()), replayOf(source, run));
      }
    }
    for (EventSource source : tables.pipeline().events()) {
      replays.put(tables.pipeline().table(source.name()), replayOf(source, run));
    }
    return replays;
  }

  private TableReplay replayOf(DimensionSource source, String run) {
    return new DimensionReplay(
        spark,
        new LandingQuery(tables.pipeline().name(), source.name()),
        new LandingTables(tables, environment).of(source, spark),
        tables.operations(),
        schemas(source.name()),
        clock,
        run);
  }

  private TableReplay replayOf(EventSource source, String run) {
    return new DeadLetterReplay(
        spark,
        new LandingQuery(tables.pipeline().name(), source.name()),
        new LandingTables(tables, environment).of(source),
        tables.operations(),
        schemas(source.name()),
        clock,
        run);
  }

  private SchemaMemory schemas(String table) {
    return SchemaMemory.in(
        LandedTopic.checkpoint(
            environment,
            spark.sparkContext().hadoopConfiguration(),
            tables.pipeline().name(),
            table));
  }
}
