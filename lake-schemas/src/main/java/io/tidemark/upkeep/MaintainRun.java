package io.tidemark.upkeep;

import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.MaintenanceLog;
import io.tidemark.ops.MaintenanceLog.Action;
import io.tidemark.ops.Runs;
import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import io.tidemark.pipeline.Environment;
import io.tidemark.table.CheckpointFiles;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
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
        false);
  }

  /**
   * Does it, unless another process is at it.
   *
   * @param goesOn asked before each action; once it says no, the rest is left to the next run
   * @param done told of each table that was looked after
   * @return empty if another process is at it
   */
  public Optional<MaintainReport> run(
      List<MaintainedTable> chosen, BooleanSupplier goesOn, Consumer<MaintainedTable> done) {
    Instant startedAt = clock.instant();
    String run = Runs.newId();
    Optional<Lease> taken = Lease.take(leases(), "run %s since %s".formatted(run, startedAt));
    if (taken.isEmpty()) {
      return Optional.empty();
    }
    try (Lease lease = taken.get()) {
      List<Action> actions = job(run).maintain(chosen, lease, goesOn, done);
      MaintainReport report = new MaintainReport(actions, false, !goesOn.getAsBoolean());
      record(run, startedAt, report.exitCode(), report.outcome(), report.summary());
      return Optional.of(report);
    } catch (Exception failure) { // Scala throws checked ones too.
      try {
        record(run, startedAt, ExitCode.FAILED, MaintenanceLog.FAILED, FailureReason.of(failure));
      } catch (Exception unrecorded) { // As above.
        failure.addSuppressed(unrecorded);
      }
      throw failure;
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

  private void record(String run, Instant startedAt, int exitCode, String outcome, String message) {
    tables
        .operations()
        .runs()
        .append(
            spark,
            new Runs.Run(
                run,
                VERB,
                tables.pipeline().name(),
                startedAt,
                clock.instant(),
                exitCode,
                outcome,
                Optional.of(message),
                airflowRun));
  }
}
