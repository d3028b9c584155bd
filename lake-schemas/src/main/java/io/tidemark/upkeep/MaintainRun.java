package io.tidemark.upkeep;

import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.MaintenanceLog.Action;
import io.tidemark.ops.Runs;
import io.tidemark.ops.VerbRun;
import io.tidemark.pipeline.Environment;
import io.tidemark.table.CheckpointFiles;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.apache.spark.sql.SparkSession;

/**
 * One run of maintenance, from its lease to its row in {@code ops.runs}.
 *
 * @param airflowRun that it belongs to
 */
public record MaintainRun(
    SparkSession spark,
    PipelineTables tables,
    Environment environment,
    Clock clock,
    Optional<String> airflowRun) {
  /** As {@code ops.runs} has it. */
  public static final String VERB = "maintain";

  /** The tables that there are, by name. */
  public List<MaintainedTable> all() {
    return job(Runs.newId()).tables();
  }

  /** What there is to do. Changes nothing. */
  public MaintainReport plan(List<MaintainedTable> chosen) {
    MaintainJob job = job(Runs.newId());
    return new MaintainReport(
        chosen.stream()
            .flatMap(
                table -> job.plan(table).stream().map(task -> MaintainReport.planned(table, task)))
            .toList(),
        true,
        OptionalInt.empty());
  }

  /**
   * Does it, unless another process is at it.
   *
   * @return empty if another process is at it
   */
  public Optional<MaintainReport> run(List<MaintainedTable> chosen, MaintainWatch watch) {
    VerbRun run =
        tables.operations().runs().begin(spark, VERB, tables.pipeline().name(), clock, airflowRun);
    Optional<Lease> taken =
        Lease.take(leases(), "run %s since %s".formatted(run.id(), run.startedAt()));
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    try (Lease lease = taken.get()) {
      return Optional.of(
          run.record(
              () -> {
                MaintainJob job = job(run.id());
                List<Action> actions = job.maintain(chosen, lease, watch);
                return new MaintainReport(
                    actions,
                    false,
                    job.isCutOff() ? OptionalInt.of(watch.stopCode()) : OptionalInt.empty());
              },
              report -> new VerbRun.End(report.exitCode(), report.outcome(), report.summary())));
    }
  }

  /** Who is at it, for a person. */
  public String holder() {
    return Lease.holder(leases()).orElse("just finished");
  }

  private CheckpointFiles leases() {
    return Pins.upkeep(environment, spark.sparkContext().hadoopConfiguration()).at("lease");
  }

  private MaintainJob job(String run) {
    return new MaintainJob(spark, tables, environment, clock, run);
  }
}
