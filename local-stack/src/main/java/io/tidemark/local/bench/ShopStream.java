package io.tidemark.local.bench;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** The verb {@code stream} on a shop's topics, in a process of its own, and what is sent to it. */
final class ShopStream implements AutoCloseable {
  private static final int PARTITIONS = 4;
  private static final String INVOICE_LINE = "io.tidemark.retail.InvoiceLine";
  private static final String PRODUCT = "io.tidemark.retail.Product";
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final Pipeline pipeline;
  private final Path journal;
  private final Sales sales;
  private final TopicWriter lines;
  private final StreamProcess process;

  private ShopStream(
      Pipeline pipeline, Path journal, Sales sales, TopicWriter lines, StreamProcess process) {
    this.pipeline = pipeline;
    this.journal = journal;
    this.sales = sales;
    this.lines = lines;
    this.process = process;
  }

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
          "Cannot measure a stream of the pipeline in %s: invoice lines and products are sent, and it wants others. Leave out --pipeline, or name a copy of conf/retail."
              .formatted(folder));
    }
    return pipeline;
  }

  private static boolean isOf(Path schema, String record) {
    return EventColumns.reader(schema).getFullName().equals(record);
  }

  /**
   * Makes and fills the topics of dimensions, makes that of events, and starts the stream. It
   * returns when all queries that read events have started.
   *
   * @param lake where its environment file and its journal are written to
   * @param verb whose main method is the stream
   */
  static ShopStream start(
      Environment servers, Path lake, Pipeline pipeline, Path logs, Class<?> verb) {
    EnvironmentFile.write(servers, lake.resolve("environment.yaml"));
    Sales sales = new Sales();
    for (DimensionSource source : pipeline.dimensions()) {
      try (TopicWriter products =
          TopicWriter.create(servers, source.topic().orElseThrow(), 1, source.schema())) {
        sales.sendProducts(products);
      }
    }
    EventSource source = pipeline.events().get(0);
    Path journal = lake.resolve("queries.jsonl");
    TopicWriter lines = TopicWriter.create(servers, source.topic(), PARTITIONS, source.schema());
    try {
      ShopStream stream =
          new ShopStream(
              pipeline,
              journal,
              sales,
              lines,
              StreamProcess.start(lake, pipeline.folder(), journal, logs, verb));
      try {
        stream.await("start", notes -> notes.haveStarted(stream.queries()));
        return stream;
      } catch (RuntimeException e) {
        stream.process.close();
        throw e;
      }
    } catch (RuntimeException e) {
      lines.close();
      throw e;
    }
  }

  /** What reads events. */
  private List<String> queries() {
    List<String> queries = new ArrayList<>();
    queries.add(landing(pipeline));
    pipeline.views().forEach(view -> queries.add(refresh(pipeline, view.name())));
    return queries;
  }

  /** The query that lands the events. */
  static String landing(Pipeline pipeline) {
    return new LandingQuery(pipeline.name(), pipeline.events().get(0).name()).stream();
  }

  /** The query that keeps a view fresh. */
  static String refresh(Pipeline pipeline, String view) {
    return "%s.refresh.%s".formatted(pipeline.name(), view);
  }

  /**
   * Sends the line of that number.
   *
   * @param number from 0; no two lines have the same
   */
  void send(long number) {
    sales.send(lines, number);
  }

  /** Returns when the broker has all that was sent. */
  void flush() {
    lines.flush();
  }

  /** What the stream's process has used since it began, user and system. */
  Duration cpu() {
    return process.cpu();
  }

  /**
   * @throws IllegalStateException if it has ended
   */
  void requireAlive() {
    process.requireAlive();
  }

  QueryNotes notes() {
    return QueryNotes.of(journal);
  }

  /**
   * @param phase what the stream does meanwhile, a verb
   * @throws IllegalStateException if it ends, or takes too long
   */
  void await(String phase, Predicate<QueryNotes> isReached) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (Progress progress = Progress.start(phase, 1, "step")) {
      while (!isReached.test(notes())) {
        requireAlive();
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "Cannot measure the stream: it did not %s within %d minutes. Try a lower --rate."
                  .formatted(phase, PATIENCE.toMinutes()));
        }
        LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
      }
      progress.to(1);
    }
  }

  /** Stops the stream after its batch. */
  @Override
  public void close() {
    try (lines) {
      process.close();
    }
  }
}
