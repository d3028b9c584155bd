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
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.status.FinalityTables;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
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
    return new ReplayReport(
        tables.pipeline().name(),
        Optional.empty(),
        all(Runs.newId(), condition, TableReplay::tried),
        List.of());
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
    try {
      Map<String, ReplayedRecords> replayed = all(run, condition, TableReplay::replay);
      new FinalityTables(spark, tables, clock).publish();
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

  /** By table, in the order of the pipeline. */
  private Map<String, ReplayedRecords> all(
      String run, Column condition, BiFunction<TableReplay, Column, ReplayedRecords> replaying) {
    Map<String, ReplayedRecords> all = new LinkedHashMap<>();
    for (DimensionSource source : tables.pipeline().dimensions()) {
      if (source.topic().isPresent()) {
        all.put(
            tables.pipeline().table(source.name()),
            replaying.apply(replayOf(source, run), condition));
      }
    }
    for (EventSource source : tables.pipeline().events()) {
      all.put(
          tables.pipeline().table(source.name()),
          replaying.apply(replayOf(source, run), condition));
    }
    return all;
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
