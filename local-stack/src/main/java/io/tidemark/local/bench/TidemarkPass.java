package io.tidemark.local.bench;

import io.tidemark.lake.PipelineTables;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.streaming.Streams;
import java.util.List;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.streaming.state.StateStore;

/** The jobs of {@code tidemark stream}, driven one by one. */
final class TidemarkPass implements Pass {
  private final SparkSession spark;
  private final PipelineTables tables;
  private final Streams streams;
  private final Work work;
  private final Function<TidemarkPass, List<Totals>> totals;

  /** What of the jobs is timed. */
  private interface Work {
    void run(Streams streams) throws Exception;
  }

  private TidemarkPass(
      Environment environment,
      Pipeline pipeline,
      Work work,
      Function<TidemarkPass, List<Totals>> totals)
      throws Exception {
    this.spark = Streams.session(pipeline, environment);
    this.tables = PipelineTables.open(spark, pipeline);
    this.streams = Streams.open(spark, pipeline, environment);
    this.work = work;
    this.totals = totals;
    streams.landDimensions();
  }

  /** Landing alone. */
  static Pass landing(Environment environment, Pipeline pipeline) throws Exception {
    return new TidemarkPass(
        environment, pipeline, Streams::landEvents, pass -> List.of(pass.events()));
  }

  /** Refresh of the view from what is landed already. */
  static Pass refresh(Environment environment, Pipeline pipeline) throws Exception {
    return new TidemarkPass(environment, pipeline, Streams::refresh, pass -> List.of(pass.view()));
  }

  /** Landing and refresh side by side, as they run for years, until the topic's end. */
  static Pass both(Environment environment, Pipeline pipeline) throws Exception {
    return new TidemarkPass(
        environment, pipeline, TidemarkPass::keepUp, pass -> List.of(pass.events(), pass.view()));
  }

  private static void keepUp(Streams streams) throws Exception {
    streams.start();
    streams.drain();
  }

  @Override
  public void run() throws Exception {
    work.run(streams);
  }

  @Override
  public List<Totals> totals() {
    return totals.apply(this);
  }

  private Totals events() {
    return Totals.ofEvents(tables.events().values().iterator().next().read(spark));
  }

  private Totals view() {
    return Totals.ofView(tables.views().values().iterator().next().table().read(spark));
  }

  @Override
  public void close() throws TimeoutException {
    streams.close();
    // Or else its state stays in memory for minutes, beside that of the next pass.
    StateStore.stop();
  }
}
