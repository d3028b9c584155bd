package io.tidemark.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.ops.DateStates.Dirty;
import io.tidemark.ops.EndedRun;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.Runs;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has Airflow reconcile the dates that late events have made dirty, once for each time that one
 * becomes so. Each request is recorded in {@code ops.runs} before it is sent, and has an id made of
 * what it is about: whatever is killed or away in between, it is asked again, and started once. It
 * works beside the streams, in a thread of its own.
 */
final class AirflowTriggers implements AutoCloseable {
  /** In {@code ops.runs}. */
  static final String VERB = "airflow";

  static final String ASKED = "asked";
  static final String STARTED = "started";
  static final String OVERTAKEN = "overtaken";

  /** Why dates are dirty that reconciliation alone mends: nobody has to look first. */
  private static final Set<String> TRIGGERING = Set.of("late", "replayed");

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
  private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Logger LOG = LoggerFactory.getLogger(AirflowTriggers.class);

  private final SparkSession spark;
  private final String pipeline;
  private final OperationTables operations;
  private final AirflowApi airflow;
  private final Clock clock;
  private final ScheduledThreadPoolExecutor thread =
      new ScheduledThreadPoolExecutor(
          1,
          work -> {
            Thread daemon = new Thread(work, "airflow");
            daemon.setDaemon(true);
            return daemon;
          });
  private volatile int failures;
  private boolean isPlanned;

  AirflowTriggers(
      SparkSession spark,
      String pipeline,
      OperationTables operations,
      AirflowApi airflow,
      Clock clock) {
    this.spark = spark;
    this.pipeline = pipeline;
    this.operations = operations;
    this.airflow = airflow;
    this.clock = clock;
  }

  /** Has it look soon at which dates are dirty; returns at once. */
  synchronized void wake() {
    // While Airflow is away, what was asked in vain is what decides when to ask again.
    if (!isPlanned && !thread.isShutdown()) {
      plan(Duration.ZERO);
    }
  }

  private synchronized void plan(Duration pause) {
    isPlanned = true;
    thread.schedule(this::lookAgain, pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void lookAgain() {
    synchronized (this) {
      isPlanned = false;
    }
    try {
      look();
      failures = 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) { // Scala throws checked ones too; the streams must not end for it.
      Duration pause = pause(failures);
      failures = failures + 1;
      LOG.warn(
          "Cannot ask Airflow to reconcile the dirty dates of {}: {}. Next try in {} s",
          pipeline,
          e.getMessage(),
          pause.toSeconds());
      LOG.debug("Because", e);
      synchronized (this) {
        if (!thread.isShutdown() && !isPlanned) {
          plan(pause);
        }
      }
    }
  }

  /** How long after a try that has failed, as others had before it, it tries again. */
  static Duration pause(int failuresBefore) {
    Duration doubled = FIRST_PAUSE.multipliedBy(1L << Math.min(failuresBefore, 20));
    return doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  /**
   * Asks for what is dirty and was not asked for, and again for what was asked in vain.
   *
   * @throws IOException if Airflow does not take it
   */
  void look() throws IOException, InterruptedException {
    List<Dirty> dirty =
        operations.dates().dirty(spark, pipeline).stream()
            .filter(date -> TRIGGERING.contains(date.reason()))
            .toList();
    if (dirty.isEmpty()) {
      return;
    }
    List<EndedRun> known = operations.runs().list(spark, VERB, pipeline);
    Set<String> settled =
        known.stream()
            .filter(run -> !run.outcome().equals(ASKED))
            .map(run -> run.airflowRun().orElseThrow())
            .collect(Collectors.toSet());
    Set<String> asked = new HashSet<>();
    List<EndedRun> waiting = new ArrayList<>();
    for (EndedRun run : known) {
      if (run.outcome().equals(ASKED)) {
        asked.addAll(dirtyings(run));
        if (!settled.contains(run.airflowRun().orElseThrow())) {
          waiting.add(run);
        }
      }
    }
    List<Dirty> news = dirty.stream().filter(date -> !asked.contains(name(date))).toList();
    if (!news.isEmpty()) {
      EndedRun run = asking(news);
      operations.runs().append(spark, run);
      waiting.add(run);
    }
    Set<String> still = dirty.stream().map(AirflowTriggers::name).collect(Collectors.toSet());
    for (EndedRun run : waiting) {
      boolean isOvertaken = dirtyings(run).stream().noneMatch(still::contains);
      if (!isOvertaken) {
        start(run);
      }
      record(run, isOvertaken ? OVERTAKEN : STARTED);
    }
  }

  private void start(EndedRun run) throws IOException, InterruptedException {
    String id = run.airflowRun().orElseThrow();
    airflow.start(
        pipeline + "_reconcile",
        id,
        JSON.readTree(run.message().orElseThrow()).path("conf"),
        "Late events have come for dates that were final.");
    LOG.info("Airflow reconciles {} in run {}", run.message().orElseThrow(), id);
  }

  private static Set<String> dirtyings(EndedRun run) {
    try {
      Set<String> names = new HashSet<>();
      JSON.readTree(run.message().orElseThrow())
          .path("dirty")
          .forEach(name -> names.add(name.asText()));
      return names;
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot read what was asked of Airflow in run " + run.id(), e);
    }
  }

  /** One time that a date has become dirty: since then, after that seal. */
  private static String name(Dirty date) {
    return "%s %s %s %s".formatted(date.view(), date.date(), date.since(), date.sealedBy());
  }

  private EndedRun asking(List<Dirty> news) {
    ObjectNode message = JSON.createObjectNode();
    ObjectNode conf = message.putObject("conf");
    ObjectNode dates = conf.putObject("dates");
    conf.put("reason", "late events");
    ArrayNode names = message.putArray("dirty");
    for (Dirty date : news) {
      dates.withArray("/" + date.view()).add(date.date().toString());
      names.add(name(date));
    }
    UUID id = UUID.nameUUIDFromBytes((pipeline + names).getBytes(UTF_8));
    Instant now = clock.instant();
    return new EndedRun(
        Runs.newId(),
        VERB,
        pipeline,
        now,
        now,
        0,
        ASKED,
        Optional.of(message.toString()),
        Optional.of("tidemark__" + id));
  }

  private void record(EndedRun asked, String outcome) {
    operations
        .runs()
        .append(
            spark,
            new EndedRun(
                Runs.newId(),
                VERB,
                pipeline,
                asked.startedAt(),
                clock.instant(),
                0,
                outcome,
                Optional.empty(),
                asked.airflowRun()));
  }

  /** Lets it end what it is about; what remains is made up by the next start. */
  @Override
  public void close() {
    thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(failures == 0);
    thread.shutdown();
    try {
      if (!thread.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
