package io.tidemark.local.bench;

import io.tidemark.local.LocalEnvironment;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * The main class of an application that is submitted to a cluster: lands, then refreshes, and
 * writes down what that took. It does so on a new lake again and again, of which the last time
 * counts. If there are more than two, those before begin with both at once in small batches: Java
 * compiles what a driver does in a batch only once it has seen many.
 */
public final class ClusterWorker {
  /** Each is done on the lake of the one before. */
  static final List<Contender> WORK = List.of(Contender.TIDEMARK_LANDS_DELTA, Contender.REFRESH);

  private static final List<Contender> WARM_UP = List.of(Contender.LAND_AND_REFRESH);

  /** Of a batch that counts. */
  private static final int SMALL = 4;

  private ClusterWorker() {}

  /**
   * @param args environment file, pipeline folder, folder of its lakes, workers, records of a
   *     batch, shuffle partitions, passes, file for the result
   */
  public static void main(String[] args) throws Exception {
    Environment servers = EnvironmentFile.read(Path.of(args[0]));
    Pipeline pipeline = PipelineFile.read(Path.of(args[1]));
    int workers = Integer.parseInt(args[3]);
    long batch = Long.parseLong(args[4]);
    int shufflePartitions = Integer.parseInt(args[5]);
    int passes = Integer.parseInt(args[6]);
    Map<Contender, ClusterTook> took = new EnumMap<>(Contender.class);
    Map<Contender, List<List<Totals>>> totals = new EnumMap<>(Contender.class);
    ClusterTimes times = null;
    for (int left = passes; left > 0; left--) {
      Path lake = Files.createDirectories(Path.of(args[2], Integer.toString(left)));
      Environment environment = LocalEnvironment.of(lake, servers.brokers(), servers.registry());
      boolean isWarmUp = left > 2;
      Pipeline set =
          Variants.onCluster(
              pipeline, isWarmUp ? Math.max(1, batch / SMALL) : batch, shufflePartitions);
      for (Contender work : isWarmUp ? WARM_UP : WORK) {
        try (Pass pass = work.open(environment, set)) {
          SparkSession session = SparkSession.active();
          times = times == null ? ClusterTimes.of(session.sparkContext(), workers) : times;
          took.put(work, times.measure(session, pass::run));
          totals.computeIfAbsent(work, none -> new ArrayList<>()).add(pass.totals());
        }
      }
    }
    Worker.JSON.writeValue(Path.of(args[7]).toFile(), new ClusterMeasurement(took, totals));
    System.exit(0);
  }
}
