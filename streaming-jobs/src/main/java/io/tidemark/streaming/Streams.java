package io.tidemark.streaming;

import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.VerbSession;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.status.SideBySide;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeoutException;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.StreamingQueryException;
import org.apache.spark.sql.streaming.Trigger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All queries of a pipeline in one application: dimensions first, then landing, and a refresh per
 * view.
 */
public final class Streams implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Streams.class);

  private final SparkSession spark;
  private final Pipeline pipeline;
  private final Jobs jobs;
  private final StreamLease lease;
  private final EditLooks edits;
  private final FinalityWatch finality;
  private final List<LandQuery> landing = new ArrayList<>();
  private final List<Refreshing> refreshing = new ArrayList<>();

  /** None before the start, or if the pipeline does not ask for it. */
  private Optional<StreamUpkeep> upkeep = Optional.empty();

  private final List<LandJob> landJobs = new CopyOnWriteArrayList<>();
  private final List<RefreshJob> refreshJobs = new CopyOnWriteArrayList<>();

  private Streams(SparkSession spark, Pipeline pipeline, Jobs jobs, StreamLease lease) {
    this.spark = spark;
    this.pipeline = pipeline;
    this.jobs = jobs;
    this.lease = lease;
    this.edits = jobs.editLooks();
    this.finality = jobs.finality();
  }

  /** Opens Spark as the queries of a pipeline need it. */
  public static SparkSession session(Pipeline pipeline, Environment environment) {
    Map<String, String> settings = KafkaTopic.settings(new SparkConf());
    settings.putAll(RefreshSettings.of(pipeline.refresh(), environment.spark()));
    return VerbSession.write("stream " + pipeline.name(), environment, settings);
  }

  /**
   * Opens the tables of a pipeline and creates those that are absent; nothing runs yet.
   *
   * @throws IllegalStateException if another application has the checkpoints
   */
  public static Streams open(SparkSession spark, Pipeline pipeline, Environment environment) {
    return open(spark, pipeline, environment, Set.of(), false);
  }

  /**
   * The same, with views whose streams begin again with the first event.
   *
   * @param rebuilt their names
   * @param acceptLoss whether to land what comes after offsets that are gone before they were
   *     landed
   */
  public static Streams open(
      SparkSession spark,
      Pipeline pipeline,
      Environment environment,
      Set<String> rebuilt,
      boolean acceptLoss) {
    StreamLease lease = StreamLease.take(spark, pipeline, environment);
    try {
      PipelineTables tables = PipelineTables.open(spark, pipeline);
      Jobs jobs = new Jobs(spark, pipeline, environment, tables, rebuilt, acceptLoss, lease);
      return new Streams(spark, pipeline, jobs, lease);
    } catch (Throwable failure) { // Scala throws checked ones too.
      try {
        lease.close();
      } catch (RuntimeException e) {
        failure.addSuppressed(e);
      }
      throw failure;
    }
  }

  /**
   * Lands and refreshes what is there, and returns. A view that fails does not keep the others from
   * being refreshed.
   *
   * @return what was landed and refreshed, for people
   * @throws StreamingQueryException the first failure
   */
  public String once() throws TimeoutException, StreamingQueryException {
    landDimensions();
    landEvents();
    edits.look();
    try {
      refresh();
    } finally {
      finality.look();
    }
    return StreamText.end(standing());
  }

  /** How far it is; from any thread. */
  StreamStanding standing() {
    return new StreamStanding(
        landJobs.stream().map(LandJob::standing).toList(),
        refreshJobs.stream().map(view -> view.standing(landing(view))).toList());
  }

  private Optional<LandJob> landing(RefreshJob view) {
    return landJobs.stream().filter(land -> land.query().equals(view.landedBy())).findFirst();
  }

  /** Loads the files of dimensions, and lands what the topics of the others hold now. */
  public void landDimensions() throws TimeoutException, StreamingQueryException {
    lease.require();
    jobs.files().forEach(file -> file.load(spark));
    landWhatIsThere(jobs.dimensions());
  }

  /** Lands what the topics of the events hold now. */
  public void landEvents() throws TimeoutException, StreamingQueryException {
    landWhatIsThere(jobs.events());
  }

  /**
   * Refreshes every view from what is landed now, side by side.
   *
   * @throws StreamingQueryException the first failure, once the other views are done
   * @throws IllegalStateException the same, of a view that could not be started
   */
  public void refresh() throws StreamingQueryException {
    for (RefreshJob job : jobs.refreshes()) {
      refreshJobs.add(job);
      refreshing.add(Refreshing.start(job, spark, Trigger.AvailableNow()));
    }
    for (Refreshing view : refreshing) {
      view.query().ifPresent(Streams::awaitEnd);
    }
    for (Refreshing view : refreshing) {
      view.started().awaitTermination();
    }
  }

  /** Whether it ended well or not. */
  private static void awaitEnd(StreamingQuery query) {
    try {
      query.awaitTermination();
    } catch (StreamingQueryException e) {
      LOG.debug("{} has failed; the others are awaited before it is told", query.name(), e);
    }
  }

  /** Lands and refreshes from now on, until {@link #close()}. */
  public void start() throws TimeoutException, StreamingQueryException {
    landDimensions();
    // What the dimensions' topics held is landed, and counted; from here on other jobs land them.
    List<LandJob> landed = List.copyOf(landJobs);
    landJobs.clear();
    Trigger trigger = every(pipeline.landing().trigger());
    for (LandJob job : jobs.dimensions()) {
      landing.add(LandQuery.start(job.after(landed), spark, trigger));
      landJobs.add(job);
    }
    for (LandJob job : jobs.events()) {
      landJobs.add(job);
      landing.add(LandQuery.start(job, spark, trigger));
    }
    for (RefreshJob job : jobs.refreshes()) {
      refreshJobs.add(job);
      refreshing.add(Refreshing.start(job, spark, every(pipeline.refresh().trigger())));
    }
    upkeep = jobs.upkeep();
  }

  private static Trigger every(Duration interval) {
    return Trigger.ProcessingTime(interval.toMillis());
  }

  private void landWhatIsThere(List<LandJob> jobs)
      throws TimeoutException, StreamingQueryException {
    for (LandJob job : jobs) {
      landJobs.add(job);
      LandQuery query = LandQuery.start(job, spark, Trigger.AvailableNow());
      landing.add(query);
      query.awaitEnd();
      landing.remove(query);
    }
  }

  /**
   * Waits a moment, and starts views again that have failed.
   *
   * @throws StreamingQueryException if landing has failed, or was stopped: nothing can go on
   *     without it
   * @throws IllegalStateException if another application has taken over
   */
  public void tend(Duration moment) throws TimeoutException, StreamingQueryException {
    lease.requireIfTold();
    for (LandQuery query : landing) {
      try {
        query.await(moment.dividedBy(landing.size()));
      } catch (StreamingQueryException e) {
        // Spark says only that two have planned the same batch.
        lease.refuseIfTaken(e);
        throw e;
      }
    }
    for (Refreshing view : refreshing) {
      view.revive();
    }
    edits.lookIfDue();
    finality.lookIfDue();
  }

  /** Waits until all that the topics hold now is landed, and refreshed in every view. */
  public void drain() {
    drain(landing.stream().map(LandQuery::query).toList());
    drain(refreshing.stream().map(Refreshing::started).toList());
  }

  /** All at once: each waits for its next trigger. */
  private static void drain(List<StreamingQuery> queries) {
    SideBySide.allOf(
        queries,
        query -> {
          query.processAllAvailable();
          return query;
        });
  }

  /** Ends every query between two of its batches. */
  @Override
  public void close() throws TimeoutException {
    upkeep.ifPresent(StreamUpkeep::end);
    BatchEnd batches = new BatchEnd();
    try {
      for (LandQuery land : landing) {
        batches.stop(land.query());
      }
      for (Refreshing view : refreshing) {
        if (view.query().isPresent()) {
          batches.stop(view.query().get());
        }
      }
      finality.lookIfLanded();
      jobs.airflow().ifPresent(AirflowTriggers::close);
    } finally {
      // Last: whoever stops the stream may not wait for it.
      upkeep.ifPresent(StreamUpkeep::close);
    }
    // Not if a query could not be stopped: it may still write.
    lease.close();
  }
}
