package io.tidemark.forget;

import io.tidemark.lake.LandedTopic;
import io.tidemark.lake.LandingTables;
import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.ErasedRecords;
import io.tidemark.landing.Erasure;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.ops.DateStates;
import io.tidemark.ops.Erased;
import io.tidemark.ops.VerbRun;
import io.tidemark.output.ExitCode;
import io.tidemark.output.Progress;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Nearest;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.status.FinalityTables;
import io.tidemark.view.validation.RowCondition;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import org.apache.spark.sql.SparkSession;

/** Erases events of a pipeline, and the traces that they would leave behind. */
public final class ForgetJob {
  static final String VERB = "forget";

  private final SparkSession spark;
  private final PipelineTables tables;
  private final Environment environment;
  private final Clock clock;

  public ForgetJob(
      SparkSession spark, PipelineTables tables, Environment environment, Clock clock) {
    this.spark = spark;
    this.tables = tables;
    this.environment = environment;
    this.clock = clock;
  }

  /** What {@link #forget} would do, without doing it. */
  public ForgetReport tried(RowCondition condition, Optional<String> topic) {
    Map<EventSource, Optional<String>> asked = asked(condition, topic);
    try (Progress progress = Progress.plan(VERB, usable(asked), "steps")) {
      return report(Optional.empty(), asked, tried(condition, topic, asked, progress), List.of());
    }
  }

  private static long usable(Map<EventSource, Optional<String>> asked) {
    return asked.values().stream().filter(Optional::isEmpty).count();
  }

  private Map<EventSource, ErasedRecords> tried(
      RowCondition condition,
      Optional<String> topic,
      Map<EventSource, Optional<String>> asked,
      Progress progress) {
    return each(
        asked,
        (source, erasure) -> {
          progress.atNext("find in " + tables.pipeline().table(source.name()));
          ErasedRecords found = erasure.tried(condition.column(), topic);
          progress.step();
          return found;
        });
  }

  /**
   * Erases, publishes the new state of the dates, and records the run in {@code ops.runs}.
   *
   * @param topic limits it to events that arrived on this topic
   * @param who the user who runs it
   * @param airflowRun the run of a DAG that asks for it
   */
  public ForgetReport forget(
      RowCondition condition,
      Optional<String> topic,
      String reason,
      String who,
      Optional<String> airflowRun) {
    Map<EventSource, Optional<String>> asked = asked(condition, topic);
    VerbRun run =
        tables.operations().runs().begin(spark, VERB, tables.pipeline().name(), clock, airflowRun);
    Erased.By by = new Erased.By(run.id(), reason, who, run.startedAt());
    return run.record(
        () -> erased(condition, topic, asked, by),
        report -> new VerbRun.End(ExitCode.FINE, report.outcome(), report.json()),
        failure -> VerbRun.End.failed(ExitCode.FAILED, unsaid(failure)));
  }

  private ForgetReport erased(
      RowCondition condition,
      Optional<String> topic,
      Map<EventSource, Optional<String>> asked,
      Erased.By by) {
    long usable = usable(asked);
    long found = usable > 1 ? usable : 0;
    try (Progress progress = Progress.plan(VERB, found + usable + 2, "steps")) {
      if (found > 0) {
        // A condition that fails on a row of one table erases nothing from another.
        tried(condition, topic, asked, progress);
      }
      return erased(condition, topic, asked, by, progress);
    }
  }

  private ForgetReport erased(
      RowCondition condition,
      Optional<String> topic,
      Map<EventSource, Optional<String>> asked,
      Erased.By by,
      Progress progress) {
    Map<EventSource, ErasedRecords> erased =
        each(
            asked,
            (source, erasure) -> {
              progress.atNext("erase from " + tables.pipeline().table(source.name()));
              ErasedRecords records = erasure.erase(condition.column(), topic, by);
              progress.step();
              return records;
            });
    progress.atNext("erase the traces that they left");
    finishOthers(erased);
    Set<String> changed = new TreeSet<>();
    erased.forEach(
        (source, records) -> {
          if (records.isAny()) {
            changed.add(tables.pipeline().table(source.name()));
          }
        });
    new Traces(spark, tables, environment).remove(changed);
    progress.step();
    progress.atNext("see which dates turn dirty");
    new FinalityTables(spark, tables, clock).publish();
    progress.step();
    return report(Optional.of(by), asked, erased, dirty());
  }

  /** Finishes what a killed run began in tables that this run does not touch. */
  private void finishOthers(Map<EventSource, ErasedRecords> erased) {
    for (EventSource source : tables.pipeline().events()) {
      if (!erased.containsKey(source)) {
        long finished = erasure(source).finish();
        if (finished > 0) {
          erased.put(source, ErasedRecords.finished(finished));
        }
      }
    }
  }

  /** Without its message, which may quote a value of an event or of the condition. */
  static String unsaid(Exception failure) {
    return "%s; the log of the run says more".formatted(failure.getClass().getName());
  }

  private List<DateStates.Dirty> dirty() {
    return tables.operations().dates().dirty(spark, tables.pipeline().name()).stream()
        .filter(date -> date.reason().equals(FinalityTables.ERASED))
        .toList();
  }

  /**
   * By events table, why the condition cannot be used on it; empty if it can.
   *
   * @throws WrongUsageException if no events table has the columns, or the pipeline has no such
   *     topic
   */
  private Map<EventSource, Optional<String>> asked(RowCondition condition, Optional<String> topic) {
    Map<EventSource, Optional<String>> asked = new LinkedHashMap<>();
    List<String> reasons = new ArrayList<>();
    for (EventSource source : ofTopic(topic)) {
      String table = tables.pipeline().table(source.name());
      Optional<RowCondition.Unusable> unusable =
          condition.unusable(spark, tables.events().get(source.name()).definition().columns());
      if (unusable.filter(why -> !why.lacksColumn()).isPresent()) {
        throw refused(List.of(table + ": " + unusable.get().why()));
      }
      unusable.ifPresent(why -> reasons.add(table + ": " + why.why()));
      asked.put(source, unusable.map(RowCondition.Unusable::why));
    }
    if (reasons.size() == asked.size()) {
      throw refused(reasons);
    }
    return asked;
  }

  private static WrongUsageException refused(List<String> reasons) {
    return new WrongUsageException("Cannot erase by --where: " + String.join("; ", reasons));
  }

  private List<EventSource> ofTopic(Optional<String> topic) {
    if (topic.isEmpty()) {
      return tables.pipeline().events();
    }
    Set<String> known = new TreeSet<>();
    List<EventSource> sources = new ArrayList<>();
    for (EventSource source : tables.pipeline().events()) {
      Set<String> ofSource =
          new TreeSet<>(tables.operations().ledger().topics(spark, query(source).stream()));
      ofSource.add(source.topic());
      known.addAll(ofSource);
      if (ofSource.contains(topic.get())) {
        sources.add(source);
      }
    }
    if (sources.isEmpty()) {
      throw new WrongUsageException(
          "Unknown topic '%s'.%s The topics of the events of pipeline %s are: %s."
              .formatted(
                  topic.get(),
                  Nearest.hint(topic.get(), known),
                  tables.pipeline().name(),
                  String.join(", ", known)));
    }
    return sources;
  }

  private Map<EventSource, ErasedRecords> each(
      Map<EventSource, Optional<String>> asked,
      BiFunction<EventSource, Erasure, ErasedRecords> erasing) {
    Map<EventSource, ErasedRecords> each = new LinkedHashMap<>();
    asked.forEach(
        (source, why) -> {
          if (why.isEmpty()) {
            each.put(source, erasing.apply(source, erasure(source)));
          }
        });
    return each;
  }

  private LandingQuery query(EventSource source) {
    return new LandingQuery(tables.pipeline().name(), source.name());
  }

  private Erasure erasure(EventSource source) {
    return new Erasure(
        spark,
        query(source),
        new LandingTables(tables, environment).of(source),
        tables.operations(),
        SchemaMemory.in(
            LandedTopic.checkpoint(
                environment,
                spark.sparkContext().hadoopConfiguration(),
                tables.pipeline().name(),
                source.name())));
  }

  private ForgetReport report(
      Optional<Erased.By> by,
      Map<EventSource, Optional<String>> asked,
      Map<EventSource, ErasedRecords> erased,
      List<DateStates.Dirty> dirty) {
    Map<String, ErasedRecords> byTable = new LinkedHashMap<>();
    Map<String, String> notAsked = new LinkedHashMap<>();
    erased.forEach(
        (source, records) -> byTable.put(tables.pipeline().table(source.name()), records));
    asked.forEach(
        (source, why) ->
            why.ifPresent(text -> notAsked.put(tables.pipeline().table(source.name()), text)));
    return new ForgetReport(
        tables.pipeline().name(),
        tables.pipeline().views().stream().map(ViewDefinition::name).toList(),
        tables.pipeline().maintenance(),
        by,
        byTable,
        notAsked,
        dirty);
  }
}
