package io.tidemark.local.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.tidemark.local.LocalEnvironment;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The main class of a contender's process: does its work three times, and writes down what the
 * first and the last took. During the second one Java is still compiling.
 */
public final class Worker {
  static final ObjectMapper JSON =
      new ObjectMapper()
          .registerModule(new JavaTimeModule())
          .enable(SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS);

  static final int PASSES = 3;

  private Worker() {}

  /**
   * @param args contender, environment file, pipeline folder, folder of its lakes, file for the
   *     result
   */
  public static void main(String[] args) throws Exception {
    Contender contender = Contender.valueOf(args[0]);
    Environment servers = EnvironmentFile.read(Path.of(args[1]));
    Pipeline pipeline = PipelineFile.read(Path.of(args[2]));
    List<Usage> usages = new ArrayList<>();
    List<List<Totals>> totals = new ArrayList<>();
    for (int i = 0; i < PASSES; i++) {
      Path lake = Files.createDirectories(Path.of(args[3], Integer.toString(i)));
      Environment environment = LocalEnvironment.of(lake, servers.brokers(), servers.registry());
      try (Pass pass = contender.open(environment, pipeline)) {
        Usage before = Usage.ofThisProcess();
        pass.run();
        Usage after = Usage.ofThisProcess();
        usages.add(i == 0 ? after : after.since(before));
        totals.add(pass.totals());
      }
    }
    JSON.writeValue(
        Path.of(args[4]).toFile(), new Measurement(usages.get(0), usages.get(PASSES - 1), totals));
    System.exit(0);
  }
}
