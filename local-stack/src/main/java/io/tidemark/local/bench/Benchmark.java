package io.tidemark.local.bench;

import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.io.FileUtils;

/**
 * Fills a topic once, and lets every contender take its turn in every round.
 *
 * @param folder everything is below it
 */
record Benchmark(Environment servers, Path folder, Path pipeline, Path logs) {
  private static final int PARTITIONS = 4;

  Report run(Workload workload) {
    Delivered delivered =
        new BenchTopics(servers, PipelineFile.read(pipeline))
            .fill(workload.events(), workload.duplicates(), PARTITIONS);
    Path environmentFile = folder.resolve("environment.yaml");
    EnvironmentFile.write(servers, environmentFile);
    WorkerProcess process = new WorkerProcess(folder, environmentFile, pipeline, logs);
    Map<Contender, List<Measurement>> measured = new EnumMap<>(Contender.class);
    Map<Rival, List<Measurement>> rivals = new LinkedHashMap<>();
    long turns =
        (long) workload.rounds() * (workload.contenders().size() + workload.rivals().size());
    try (Progress progress = Progress.start("Measuring", turns, "turns")) {
      int turn = 0;
      for (int round = 0; round < workload.rounds(); round++) {
        deleteLakes();
        for (Contender contender : workload.contenders()) {
          measured
              .computeIfAbsent(contender, none -> new ArrayList<>())
              .add(process.measure(contender));
          progress.to(++turn);
        }
        for (Rival rival : workload.rivals()) {
          rivals.computeIfAbsent(rival, none -> new ArrayList<>()).add(measure(rival));
          progress.to(++turn);
        }
      }
    }
    deleteLakes();
    return Report.of(workload, delivered, measured, rivals);
  }

  private Measurement measure(Rival rival) {
    String topic = PipelineFile.read(pipeline).events().get(0).topic();
    Path own = folder.resolve("rival");
    try {
      Measurement measured = rival.measure(servers.brokers(), topic, own, logs);
      FileUtils.deleteDirectory(own.toFile());
      return measured;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot use the folder " + own, e);
    }
  }

  private void deleteLakes() {
    try {
      FileUtils.deleteDirectory(folder.resolve("lakes").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete the lakes below " + folder, e);
    }
  }
}
