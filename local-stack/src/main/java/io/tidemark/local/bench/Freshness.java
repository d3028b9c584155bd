package io.tidemark.local.bench;

import com.sun.management.OperatingSystemMXBean;
import io.tidemark.landing.LandingQuery;
import io.tidemark.output.Progress;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.EventColumns;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.function.Predicate;

/**
 * Sends events to a running stream, and reads afterwards, from the lake's own tables, when each of
 * them was in each view. Nothing is asked of the lake meanwhile.
 *
 * @param folder everything is below it
 * @param stream the verb
 */
record Freshness(Environment servers, Path folder, Pipeline pipeline, Path logs, Class<?> stream) {
  private static final int PARTITIONS = 4;
  private static final String INVOICE_LINE = "io.tidemark.retail.InvoiceLine";
  private static final String PRODUCT = "io.tidemark.retail.Product";
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int LOOK_EVERY = 1_000;
  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /**
   * While events counted.
   *
   * @param cpu what the stream used meanwhile
   * @param load which share of the machine's processors all processes used, from 0 to 1
   */
  record Counted(Instant from, Instant until, Duration cpu, double load) {}

  /**
   * The pipeline in a folder.
   *
   * @throws WrongUsageException if it wants other events than are sent
   */
  static Pipeline pipeline(Path folder) {
    Pipeline pipeline = PipelineFile.read(folder);
    boolean isOfTheShop =
        pipeline.events().size() == 1
            && isOf(pipeline.events().get(0).schema(), INVOICE_LINE)
            && pipeline.dimensions().stream()
                .allMatch(source -> source.topic().isPresent() && isOf(source.schema(), PRODUCT));
    if (!isOfTheShop) {
      throw new WrongUsageException(
          "Cannot measure the freshness of the pipeline in %s: invoice lines and products are sent, and it wants others. Leave out --pipeline, or name a copy of conf/retail."
              .formatted(folder));
    }
    return pipeline;
  }

  private static boolean isOf(Path schema, String record) {
    return EventColumns.reader(schema).getFullName().equals(record);
  }

  FreshnessReport run(Pace pace) throws IOException {
    EnvironmentFile.write(servers, folder.resolve("environment.yaml"));
    Path journal = folder.resolve("queries.jsonl");
    Sales sales = new Sales();
    for (DimensionSource source : pipeline.dimensions()) {
      try (TopicWriter products =
          TopicWriter.create(servers, source.topic().orElseThrow(), 1, source.schema())) {
        sales.sendProducts(products);
      }
    }
    EventSource source = pipeline.events().get(0);
    Counted counted;
    try (TopicWriter lines =
            TopicWriter.create(servers, source.topic(), PARTITIONS, source.schema());
        StreamProcess running =
            StreamProcess.start(folder, pipeline.folder(), journal, logs, stream)) {
      await("start", running, journal, notes -> notes.haveStarted(queries()));
      counted = send(pace, sales, lines, running);
      int noted = QueryNotes.of(journal).lines().size();
      await("catch up", running, journal, notes -> notes.areIdle(noted));
    }
    return new FreshnessTables(servers, pipeline).report(pace, counted, QueryNotes.of(journal));
  }

  /** What reads events. */
  private List<String> queries() {
    List<String> queries = new ArrayList<>();
    pipeline
        .events()
        .forEach(events -> queries.add(new LandingQuery(pipeline.name(), events.name()).stream()));
    pipeline.views().forEach(view -> queries.add(refresh(pipeline, view.name())));
    return queries;
  }

  /** The query that keeps a view fresh. */
  static String refresh(Pipeline pipeline, String view) {
    return "%s.refresh.%s".formatted(pipeline.name(), view);
  }

  private static Counted send(Pace pace, Sales sales, TopicWriter lines, StreamProcess stream) {
    try (Progress progress = Progress.start("send", pace.events(), "events")) {
      LongConsumer event =
          number -> {
            sales.send(lines, number);
            if (number % LOOK_EVERY == 0) {
              stream.requireAlive();
              progress.to(number);
            }
          };
      SteadySender.send(pace.rate(), 0, pace.warmUp(), event);
      Instant from = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      Duration before = stream.cpu();
      // Each look is at the time since the last one.
      MACHINE.getCpuLoad();
      SteadySender.send(pace.rate(), pace.warmUp(), pace.events(), event);
      Counted counted =
          new Counted(from, Instant.now(), stream.cpu().minus(before), MACHINE.getCpuLoad());
      lines.flush();
      progress.to(pace.events());
      return counted;
    }
  }

  private static void await(
      String phase, StreamProcess stream, Path journal, Predicate<QueryNotes> isReached) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (Progress progress = Progress.start(phase, 1, "step")) {
      while (!isReached.test(QueryNotes.of(journal))) {
        stream.requireAlive();
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "Cannot measure freshness: the stream did not %s within %d minutes. Try a lower --rate."
                  .formatted(phase, PATIENCE.toMinutes()));
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      }
      progress.to(1);
    }
  }
}
