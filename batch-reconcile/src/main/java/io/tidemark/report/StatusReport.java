package io.tidemark.report;

import io.tidemark.lake.EditWatch;
import io.tidemark.lake.LakeCluster;
import io.tidemark.lake.LandedTopic;
import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.LedgerBalance;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.LostSpan;
import io.tidemark.ops.Reconciliations;
import io.tidemark.ops.Refreshes;
import io.tidemark.output.Json;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.status.Gates;
import io.tidemark.status.Review;
import io.tidemark.status.ViewFinality;
import io.tidemark.status.ViewTables;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * How a pipeline stands.
 *
 * @param brokers of Kafka, null if none was asked
 * @param registry of schemas, null with the brokers
 * @param problems what does not balance or does not answer, in words
 * @param losses offsets that were gone before they could be landed, for ever
 * @param ledgerBalanced whether every landed offset ended as exactly one thing
 * @param recounted whether the tables were counted again to check the ledger
 * @param advice what is right but slow, and what to do about it, in words
 */
public record StatusReport(
    String pipeline,
    Instant at,
    String brokers,
    String registry,
    List<TopicStatus> topics,
    List<ViewStatus> views,
    List<LostSpan> losses,
    boolean ledgerBalanced,
    boolean recounted,
    List<String> problems,
    List<String> advice) {
  public StatusReport {
    topics = List.copyOf(topics);
    views = List.copyOf(views);
    losses = List.copyOf(losses);
    problems = List.copyOf(problems);
    advice = List.copyOf(advice);
  }

  /**
   * @param environment where to ask for the ends of topics; empty not to ask
   * @param recount whether to count the tables again, which reads all of them
   */
  public static StatusReport of(
      SparkSession spark,
      PipelineTables tables,
      Optional<Environment> environment,
      boolean recount,
      Instant now) {
    List<String> topics = tables.pipeline().topics();
    // A broker that does not answer is waited for, beside all else.
    List<String> ofBroker = new ArrayList<>();
    CompletableFuture<Optional<Collection<TopicOffsets.Span>>> asked =
        CompletableFuture.supplyAsync(
            () -> environment.flatMap(e -> offered(spark, e, tables.pipeline(), topics, ofBroker)),
            // A thread of Java's own pool does not find the classes that were submitted.
            task -> new Thread(task, "offsets").start());
    LedgerBalance balance = tables.operations().ledger().balance(spark, tables.pipeline().name());
    List<String> unbalanced = new ArrayList<>(balance.problems());
    if (recount) {
      unbalanced.addAll(Recount.problems(spark, tables, balance));
    }
    List<String> ofViews = new ArrayList<>();
    List<ViewStatus> views = views(spark, tables, now, ofViews);
    List<String> missed = MissedTombstones.problems(spark, tables);
    Map<String, Instant> newest = newestEvents(spark, tables);
    Optional<Collection<TopicOffsets.Span>> offered = asked.join();
    List<String> problems = new ArrayList<>(ofBroker);
    offered.ifPresent(spans -> problems.addAll(TopicStatus.gone(balance.totals(), spans)));
    problems.addAll(missed);
    problems.addAll(unbalanced);
    problems.addAll(ofViews);
    return new StatusReport(
        tables.pipeline().name(),
        now,
        environment.map(Environment::brokers).orElse(null),
        environment.map(e -> SchemaRegistry.shown(e.registry())).orElse(null),
        TopicStatus.of(withFormer(topics, balance.totals()), balance.totals(), offered, newest),
        views,
        balance.losses(),
        unbalanced.isEmpty(),
        recount,
        problems,
        OldVersions.advice(spark, tables, now, OldVersions.MANY));
  }

  private static Map<String, Instant> newestEvents(SparkSession spark, PipelineTables tables) {
    Map<String, Instant> newest = new HashMap<>();
    for (EventSource source : tables.pipeline().events()) {
      NewestEvent.of(spark, tables, source.name())
          .find()
          .ifPresent(time -> newest.put(source.topic(), time));
    }
    return newest;
  }

  /** Topics that the pipeline file named once have made rows, too. */
  private static Collection<String> withFormer(List<String> topics, List<LedgerSpan> landed) {
    Set<String> all = new LinkedHashSet<>(topics);
    landed.forEach(span -> all.add(span.topic()));
    return all;
  }

  private static Optional<Collection<TopicOffsets.Span>> offered(
      SparkSession spark,
      Environment environment,
      Pipeline pipeline,
      List<String> topics,
      List<String> problems) {
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    try {
      return Optional.of(
          TopicOffsets.of(
              environment,
              LakeCluster.of(environment, hadoop),
              topics,
              landed(environment, hadoop, pipeline),
              problems));
    } catch (TopicOffsets.UnreachableException e) {
      problems.add(e.getMessage());
      return Optional.empty();
    }
  }

  /** The ids of topics that were landed, by the names that the pipeline file has for them. */
  private static Map<String, String> landed(
      Environment environment, Configuration hadoop, Pipeline pipeline) {
    Map<String, String> ids = new HashMap<>();
    for (EventSource source : pipeline.events()) {
      LandedTopic.id(environment, hadoop, pipeline.name(), source.name())
          .ifPresent(id -> ids.put(source.topic(), id));
    }
    for (DimensionSource source : pipeline.dimensions()) {
      source
          .topic()
          .ifPresent(
              topic ->
                  LandedTopic.id(environment, hadoop, pipeline.name(), source.name())
                      .ifPresent(id -> ids.put(topic, id)));
    }
    return ids;
  }

  private static List<ViewStatus> views(
      SparkSession spark, PipelineTables tables, Instant now, List<String> problems) {
    Map<String, Reconciliations.Last> found =
        tables
            .operations()
            .reconciliations()
            .last(spark, tables.pipeline().name(), tables.views().keySet(), now);
    EditWatch edits =
        new EditWatch(spark, tables.pipeline(), tables.operations(), Clock.systemUTC());
    Map<String, ViewFinality> finalityOf = Review.now(spark, tables, now, edits::peek);
    finalityOf.values().stream()
        .filter(ViewFinality::isAhead)
        .forEach(finality -> problems.add(sentence(finality.closing())));
    Gates gates = Gates.of(spark, tables);
    Map<String, Refreshes.NotCounted> notCounted =
        tables.operations().refreshes().notCounted(spark, tables.pipeline().name());
    return ViewTables.of(tables).stream()
        .map(
            view -> {
              String name = view.view().name();
              return ViewStatus.of(
                  view,
                  finalityOf.get(name),
                  gates,
                  notCounted.getOrDefault(name, new Refreshes.NotCounted(0, 0)),
                  Optional.ofNullable(found.get(name)));
            })
        .toList();
  }

  private static String sentence(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1) + ".";
  }

  /** For machines. */
  public String json() {
    return Json.write(this);
  }

  /** For people. */
  public String text() {
    return StatusText.of(this);
  }
}
