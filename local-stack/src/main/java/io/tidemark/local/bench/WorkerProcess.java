package io.tidemark.local.bench;

import java.nio.file.Path;
import java.util.List;

/**
 * Measures a contender in a process of its own.
 *
 * @param folder of the benchmark
 * @param logs folder of the logs
 */
record WorkerProcess(Path folder, Path environmentFile, Path pipeline, Path logs) {

  Measurement measure(Contender contender) {
    Path result = folder.resolve("result.json");
    List<String> arguments =
        List.of(
            contender.name(),
            environmentFile.toString(),
            pipeline.toString(),
            folder.resolve("lakes").resolve(contender.lake().name()).toString(),
            result.toString());
    return new Turn(contender.label(), result, logs.resolve("bench-worker.log"))
        .run(
            JavaLikeThis.of(logs, "bench-worker-spark", List.of(), Worker.class, arguments),
            Measurement.class);
  }
}
