package io.tidemark.local.bench;

import io.tidemark.output.Progress;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;

/**
 * Lets a stream commit many times, and looks on the way at what a batch costs and what lies in the
 * lake.
 *
 * @param folder everything is below it
 * @param pipeline a folder with the pipeline of a shop, without a word on maintenance
 * @param stream the verb
 * @param status the verb
 */
record Growth(
    Environment servers, Path folder, Path pipeline, Path logs, Class<?> stream, Class<?> status) {
  /** Often enough that much of a short run is maintained, at a trigger of a second. */
  private static final String MAINTENANCE =
      """

      maintenance:
        in-stream: 2 minutes
        keep-history: 5 minutes
      """;

  /** As the launcher runs verbs that only look. */
  private static final List<String> LOOKING =
      List.of("-XX:-UseParallelGC", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

  /** The journal is read as often. */
  private static final int SECONDS_BETWEEN_LOOKS = 5;

  /**
   * @throws WrongUsageException if it wants other events than are sent, or says how it is
   *     maintained
   */
  static Path pipeline(Path folder) {
    ShopStream.pipeline(folder);
    if (text(folder).lines().anyMatch(line -> line.startsWith("maintenance:"))) {
      throw new WrongUsageException(
          "Cannot measure the pipeline in %s with and without maintenance: it has a section 'maintenance' of its own. Take that out of a copy, and name the copy."
              .formatted(folder));
    }
    return folder;
  }

  private static String text(Path folder) {
    try {
      return Files.readString(folder.resolve("pipeline.yaml"));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("Cannot read the pipeline in " + folder, e);
    }
  }

  /**
   * @param maintained whether the stream maintains its tables
   * @return a mark's row each
   */
  List<GrowthReport.Row> run(Commits commits, boolean maintained) throws IOException {
    Path copy = folder.resolve("pipeline");
    FileUtils.copyDirectory(pipeline.toFile(), copy.toFile());
    Files.writeString(
        copy.resolve("pipeline.yaml"), text(pipeline) + (maintained ? MAINTENANCE : ""));
    Pipeline measured = ShopStream.pipeline(copy);
    String name = maintained ? "commit, maintained" : "commit";
    List<GrowthReport.Row> rows = new ArrayList<>();
    long sent = 0;
    try (ShopStream running = ShopStream.start(servers, folder, measured, logs, stream);
        Progress progress = Progress.start(name, commits.commits(), "commits")) {
      for (int mark : commits.marks()) {
        int committed = 0;
        while (committed < mark) {
          long until = sent + (long) commits.rate() * SECONDS_BETWEEN_LOOKS;
          SteadySender.send(commits.rate(), sent, until, running::send);
          sent = until;
          running.requireAlive();
          committed = landings(running.notes(), measured);
          progress.to(Math.min(committed, commits.commits()));
        }
        rows.add(
            GrowthReport.Row.of(
                maintained,
                mark,
                Costs.before(mark, commits.window(), running.notes(), ShopStream.landing(measured)),
                LakeFiles.of(Path.of(servers.warehouse())),
                status(copy)));
      }
      running.flush();
    }
    return rows;
  }

  private static int landings(QueryNotes notes, Pipeline measured) {
    String landing = ShopStream.landing(measured);
    return (int) notes.batches().stream().filter(batch -> batch.query().equals(landing)).count();
  }

  /** How long {@code status} takes, from the start of Java to its end. */
  private Duration status(Path pipelineFolder) throws IOException {
    ProcessBuilder builder =
        JavaLikeThis.of(
            logs,
            "bench-status",
            LOOKING,
            status,
            List.of("--lake", folder.toString(), "--pipeline", pipelineFolder.toString()));
    long began = System.nanoTime();
    Process process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(Redirect.appendTo(logs.resolve("bench-status.log").toFile()))
            .start();
    int code = code(process);
    if (code != 0) {
      throw new IllegalStateException(
          "Cannot measure status: it ended with code %d. See %s"
              .formatted(code, logs.resolve("bench-status.log")));
    }
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static int code(Process process) {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while status ran", e);
    }
  }
}
