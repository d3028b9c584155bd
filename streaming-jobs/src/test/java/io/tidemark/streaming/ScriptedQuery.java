package io.tidemark.streaming;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;

/** A query of Spark's whose tries of a batch fail as a test says; it reads one file. */
final class ScriptedQuery implements QueryStart {
  private final SparkSession spark;
  private final Path folder;
  private final Deque<Exception> failures = new ArrayDeque<>();
  private final List<Long> tried = new ArrayList<>();
  private Trigger trigger = Trigger.AvailableNow();
  private int starts;

  /**
   * @param folder an empty one
   * @param failures what the first tries of its batch throw
   */
  ScriptedQuery(SparkSession spark, Path folder, Exception... failures) throws IOException {
    this.spark = spark;
    this.folder = folder;
    this.failures.addAll(List.of(failures));
    Files.writeString(Files.createDirectory(folder.resolve("in")).resolve("a.txt"), "a record\n");
  }

  /** The same, but it does not end with what is there. */
  ScriptedQuery endless() {
    trigger = Trigger.ProcessingTime(0);
    return this;
  }

  @Override
  public StreamingQuery start() throws TimeoutException {
    starts++;
    VoidFunction2<Dataset<Row>, Long> batch = this::run;
    return spark
        .readStream()
        .text(folder.resolve("in").toString())
        .writeStream()
        .queryName("till.land.sales")
        .trigger(trigger)
        .option("checkpointLocation", folder.resolve("checkpoint").toString())
        .foreachBatch(batch)
        .start();
  }

  private synchronized void run(Dataset<Row> rows, long batch) throws Exception {
    tried.add(batch);
    Exception failure = failures.poll();
    if (failure != null) {
      throw failure;
    }
  }

  int starts() {
    return starts;
  }

  /** The batches that were tried, in order. */
  synchronized List<Long> tried() {
    return List.copyOf(tried);
  }
}
