package io.tidemark.local.bench;

import io.tidemark.lake.LandingTables;
import io.tidemark.lake.PipelineTables;
import io.tidemark.landing.Landing;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TopicPartition;
import io.tidemark.local.LocalEnvironment;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.streaming.Streams;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.session.LakeSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Does with Tidemark's own code what a driver does in a batch of a large load, in one process. It
 * has few records, so that what grows with their number does not hide what grows with partitions,
 * views and tasks.
 *
 * @param folder everything is below it
 * @param pipeline of purchases, with one view
 * @param warmUp rounds before those that count
 * @param rounds that count
 * @param trigger of the stream's batches of both kinds
 * @param lull how long the stream is watched with nothing to do
 */
record DriverWork(
    Environment servers,
    Path folder,
    Pipeline pipeline,
    int warmUp,
    int rounds,
    Duration trigger,
    Duration lull) {
  /** Of the stream's topic at most: few records of many partitions are read by a single task. */
  private static final int STREAMED_PARTITIONS = 16;

  DriverReport run(DriverLoad load) throws Exception {
    EventSource source = source();
    for (DimensionSource dimension : pipeline.dimensions()) {
      try (TopicWriter products =
          TopicWriter.create(servers, dimension.topic().orElseThrow(), 1, dimension.schema())) {
        Products.send(products);
      }
    }
    List<DriverReport.Row> rows = new ArrayList<>();
    List<QueryBatches> queries = new ArrayList<>();
    try (TopicWriter topic =
            TopicWriter.create(
                servers,
                source.topic(),
                Math.min(load.partitions(), STREAMED_PARTITIONS),
                source.schema());
        Progress progress = Progress.start("Measuring", 5, "parts")) {
      FewPurchases purchases = new FewPurchases(topic, load);
      rows.add(nothing(load));
      progress.to(1);
      rows.add(landing(load, purchases, TableFormat.DELTA));
      progress.to(2);
      rows.add(landing(load, purchases, TableFormat.ICEBERG));
      progress.to(3);
      rows.addAll(stream(load, purchases, queries));
      progress.to(5);
    }
    return new DriverReport(
        load.partitions(),
        load.views(),
        load.tasks(),
        Runtime.getRuntime().availableProcessors(),
        rounds,
        rows,
        queries);
  }

  private EventSource source() {
    return pipeline.events().get(0);
  }

  /** A job whose tasks do nothing: what it takes to send them and to hear of them. */
  private DriverReport.Row nothing(DriverLoad load) throws Exception {
    SparkSession spark = Streams.session(pipeline, environment("nothing"));
    TaskTimes times = TaskTimes.of(spark.sparkContext());
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    List<Integer> numbers = IntStream.range(0, load.tasks()).boxed().toList();
    return row(
        "a job of %,d tasks that do nothing".formatted(load.tasks()),
        times,
        round -> context.parallelize(numbers, load.tasks()).foreachPartition(rows -> {}));
  }

  /** A landing batch of all partitions, by as many tasks as are asked for. */
  private DriverReport.Row landing(DriverLoad load, FewPurchases purchases, TableFormat format)
      throws Exception {
    EventSource events =
        new EventSource(
            source().name(), source().topic(), source().schema(), format, source().replay());
    Pipeline landed = Variants.every(trigger, pipeline, List.of(events), List.of());
    Environment environment = environment(format.name());
    SparkSession spark = Streams.session(landed, environment);
    PipelineTables tables = PipelineTables.open(spark, landed);
    LandingQuery query = new LandingQuery(landed.name(), events.name());
    Landing landing =
        new Landing(
            query,
            new LandingTables(tables, environment).of(events),
            tables.operations(),
            SchemaMemory.in(
                new CheckpointFiles(
                    LakeSession.path(environment.checkpoints()),
                    spark.sparkContext().hadoopConfiguration())),
            Clock.systemUTC(),
            dates -> {});
    return row(
        "landing %,d partitions, %,d files of %s"
            .formatted(load.partitions(), load.tasks(), format.name().toLowerCase()),
        TaskTimes.of(spark.sparkContext()),
        round ->
            landing.land(
                purchases.records(spark, round),
                planned(load, round),
                new Commit(query.stream(), round)));
  }

  private List<PlannedSpan> planned(DriverLoad load, int round) {
    long from = round * load.offsetsOfAPartition();
    return IntStream.range(0, load.partitions())
        .mapToObj(
            partition ->
                new PlannedSpan(
                    new TopicPartition(source().topic(), partition),
                    from,
                    from + load.offsetsOfAPartition()))
        .toList();
  }

  /** A stream that lands a record of each partition and refreshes all views, or finds nothing. */
  private List<DriverReport.Row> stream(
      DriverLoad load, FewPurchases purchases, List<QueryBatches> queries) throws Exception {
    Pipeline streamed = Variants.every(trigger, pipeline, pipeline.events(), views(load.views()));
    SparkSession spark = Streams.session(streamed, environment("stream"));
    TaskTimes times = TaskTimes.of(spark.sparkContext());
    BatchListener batches = new BatchListener();
    spark.streams().addListener(batches);
    try (Streams streams = Streams.open(spark, streamed, environment("stream"))) {
      streams.start();
      streams.drain();
      List<DriverReport.Row> rows = new ArrayList<>();
      rows.add(
          row(
              "a landing and %,d refreshes of a stream".formatted(load.views()),
              times,
              round -> {
                if (round == warmUp) {
                  batches.take();
                }
                purchases.send(round, Math.min(load.partitions(), STREAMED_PARTITIONS));
                streams.drain();
              }));
      List<QueryNotes.Batch> counted = batches.take();
      rows.add(
          DriverReport.Row.of(
              "%d s of a stream with nothing new".formatted(lull.toSeconds()),
              List.of(times.measure(() -> LockSupport.parkNanos(lull.toNanos())))));
      queries.add(batches("the landing", counted, ShopStream.landing(streamed)::equals));
      String refreshes = streamed.name() + ".refresh.";
      queries.add(batches("all views", counted, query -> query.startsWith(refreshes)));
      return rows;
    } finally {
      spark.streams().removeListener(batches);
    }
  }

  private static QueryBatches batches(
      String name, List<QueryNotes.Batch> all, Predicate<String> isMeant) {
    return QueryBatches.of(
        name,
        all.stream().filter(batch -> isMeant.test(batch.query())).toList(),
        Collections.emptyList());
  }

  /** The same view again and again, under names of their own. */
  private List<ViewDefinition> views(int number) {
    ViewDefinition view = pipeline.views().get(0);
    return IntStream.range(0, number)
        .mapToObj(
            i ->
                new ViewDefinition(
                    view.name() + "_" + i,
                    view.file(),
                    view.sql(),
                    view.key(),
                    view.lateness(),
                    view.deduplicationWindow(),
                    view.format()))
        .toList();
  }

  private Environment environment(String lake) throws IOException {
    return LocalEnvironment.of(
        Files.createDirectories(folder.resolve("lakes").resolve(lake)),
        servers.brokers(),
        servers.registry());
  }

  /** What is done in a round. */
  private interface Round {
    void run(int number) throws Exception;
  }

  private DriverReport.Row row(String work, TaskTimes times, Round round) throws Exception {
    List<TaskTimes.Took> took = new ArrayList<>();
    for (int i = 0; i < warmUp + rounds; i++) {
      int number = i;
      TaskTimes.Took each = times.measure(() -> round.run(number));
      if (i >= warmUp) {
        took.add(each);
      }
    }
    return DriverReport.Row.of(work, took);
  }
}
