package io.tidemark.upkeep;

import io.tidemark.lake.EditWatch;
import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.MaintenanceLog;
import io.tidemark.ops.MaintenanceLog.Action;
import io.tidemark.output.FailureReason;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Maintenance;
import io.tidemark.table.UpkeepPolicy;
import io.tidemark.table.UpkeepTask;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does for the tables of a pipeline what there is to do. */
public final class MaintainJob {
  /** To expire a few versions has its price, too. */
  private static final long OLD_VERSIONS = 100;

  /** All files of a table are listed for it. */
  private static final Duration BETWEEN_ORPHANS = Duration.ofDays(1);

  private static final Logger LOG = LoggerFactory.getLogger(MaintainJob.class);

  private final SparkSession spark;
  private final PipelineTables tables;
  private final Environment environment;
  private final Clock clock;
  private final String run;
  private final long oldVersions;

  /** When orphans of each table were deleted last; null until somebody asks. */
  private Map<String, Instant> orphansGone;

  /** Null until somebody asks. */
  private ErasedVersions erased;

  private boolean isCutOff;

  MaintainJob(
      SparkSession spark, PipelineTables tables, Environment environment, Clock clock, String run) {
    this(spark, tables, environment, clock, run, OLD_VERSIONS);
  }

  /**
   * @param run stands in every row that it writes
   * @param oldVersions how many a table may have before they are forgotten
   */
  public MaintainJob(
      SparkSession spark,
      PipelineTables tables,
      Environment environment,
      Clock clock,
      String run,
      long oldVersions) {
    this.spark = spark;
    this.tables = tables;
    this.environment = environment;
    this.clock = clock;
    this.run = run;
    this.oldVersions = oldVersions;
  }

  /** The tables that there are, by name. */
  public List<MaintainedTable> tables() {
    return new MaintainedTables(spark, tables, environment, clock.instant()).all();
  }

  /** What there is to do for a table. Changes nothing. */
  List<UpkeepTask> plan(MaintainedTable table) {
    Stream<UpkeepTask> ofTable =
        table.table().upkeep().tasks(policy(table)).stream()
            .filter(task -> table.isCompacted() || !changesFiles(task.kind()))
            .filter(task -> !isReconciled(table) || task.kind() != UpkeepTask.Kind.COMPACT);
    Instant kept = clock.instant().minus(tables.pipeline().maintenance().keepHistory());
    return Stream.concat(
            ofTable, FormerCheckpoints.of(spark, tables, environment, table, kept).stream())
        .toList();
  }

  private static boolean changesFiles(UpkeepTask.Kind kind) {
    return kind == UpkeepTask.Kind.COMPACT || kind == UpkeepTask.Kind.REWRITE_MANIFESTS;
  }

  /** A repair fails where the files of its dates have become others. */
  private boolean isReconciled(MaintainedTable table) {
    return tables.views().values().stream()
            .anyMatch(view -> view.table().name().equals(table.name()))
        && pins().since().isPresent();
  }

  private UpkeepPolicy policy(MaintainedTable table) {
    Maintenance maintenance = tables.pipeline().maintenance();
    Instant now = clock.instant();
    Instant kept = now.minus(maintenance.keepHistory());
    Instant pinned = pins().since().map(since -> since.minus(UpkeepPolicy.CLOCK_SKEW)).orElse(kept);
    Instant needed = table.keepSince().orElse(kept);
    if (orphansGone == null) {
      orphansGone =
          tables.operations().maintenance().last(spark, UpkeepTask.Kind.DELETE_ORPHANS.label());
    }
    boolean isDue =
        !now.minus(BETWEEN_ORPHANS).isBefore(orphansGone.getOrDefault(table.name(), Instant.EPOCH));
    return new UpkeepPolicy(
        maintenance.filesPerDate(),
        table.isClosed(),
        List.of(kept, pinned, needed).stream().min(Instant::compareTo).orElseThrow(),
        erasures().isIn(table.table()) ? 0 : oldVersions,
        isDue ? Optional.of(now.minus(maintenance.keepOrphans())) : Optional.empty(),
        table.readers());
  }

  private ErasedVersions erasures() {
    if (erased == null) {
      erased = ErasedVersions.of(spark, tables);
    }
    return erased;
  }

  private Pins pins() {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    return Pins.of(environment, hadoop);
  }

  /** Does it, table by table; what fails for one keeps nothing else from being done. */
  public List<Action> maintain(List<MaintainedTable> chosen, Lease lease, MaintainWatch watch) {
    // Whoever asks later what was done to the events would not find it in a history that is gone.
    EditWatch edits = new EditWatch(spark, tables.pipeline(), tables.operations(), clock);
    tables.events().values().forEach(edits::keep);
    List<Action> all = new ArrayList<>();
    isCutOff = false;
    for (MaintainedTable table : chosen) {
      if (!watch.goesOn()) {
        isCutOff = true;
        break;
      }
      watch.begins(table);
      List<Action> done = new ArrayList<>();
      isCutOff = act(table, lease, watch, done);
      tables.operations().maintenance().append(spark, done);
      all.addAll(done);
      if (!isCutOff) {
        watch.ends(table);
      }
    }
    return all;
  }

  /** Whether the last run has left something, since it was not to go on. */
  boolean isCutOff() {
    return isCutOff;
  }

  /**
   * @param done takes what was done
   * @return whether something was left, since it does not go on
   */
  private boolean act(MaintainedTable table, Lease lease, MaintainWatch watch, List<Action> done) {
    for (UpkeepTask task : plan(table)) {
      if (!lease.isHeld()) {
        throw new IllegalStateException(
            "Cannot continue: this process failed to renew its lease, and another run of maintain has taken over.");
      }
      Optional<Action> action = watch.goesOn() ? act(table, task, watch) : Optional.empty();
      if (action.isEmpty()) {
        return true;
      }
      done.add(action.get());
    }
    return false;
  }

  /** Empty if it was cut off, and failed because of that. */
  private Optional<Action> act(MaintainedTable table, UpkeepTask task, MaintainWatch watch) {
    Instant startedAt = clock.instant();
    try {
      UpkeepTask.Result result = task.work().get();
      LOG.info("{}: {}", what(table, task), result);
      return Optional.of(action(table, task, startedAt, Optional.of(result), result.message()));
    } catch (Exception failure) { // Scala throws checked ones too.
      if (watch.cutsOff()) {
        LOG.info("{} was cut off; the next run does it", what(table, task), failure);
        return Optional.empty();
      }
      LOG.warn("{} failed", what(table, task), failure);
      return Optional.of(
          action(table, task, startedAt, Optional.empty(), Optional.of(FailureReason.of(failure))));
    }
  }

  private static String what(MaintainedTable table, UpkeepTask task) {
    return task.kind().label()
        + " of "
        + table.name()
        + task.date().map(date -> ", " + date).orElse("");
  }

  private Action action(
      MaintainedTable table,
      UpkeepTask task,
      Instant startedAt,
      Optional<UpkeepTask.Result> result,
      Optional<String> message) {
    return new Action(
        tables.pipeline().name(),
        table.name(),
        task.kind().label(),
        task.date(),
        result.isPresent() ? MaintenanceLog.DONE : MaintenanceLog.FAILED,
        task.reason(),
        result.map(UpkeepTask.Result::before).orElse(null),
        result.map(UpkeepTask.Result::after).orElse(null),
        message,
        run,
        startedAt,
        clock.instant());
  }
}
