package io.tidemark.local.bench;

import io.tidemark.cli.PipelineOption;
import io.tidemark.local.LocalLake;
import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.replay.Share;
import io.tidemark.local.replay.ShareConverter;
import io.tidemark.output.ExitCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.apache.commons.io.FileUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark bench}: the same work by plain Spark and by Tidemark, in turn. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures landing and refresh against Spark as its documentation writes it.",
      "Every contender takes its turn in every round, in a process of its own, and does its work three times: the third time is warmed up."
    },
    footer = {
      "",
      "A result counts only where its totals are those of what was sent; if one does not, the exit code is 1."
    })
public final class BenchCommand implements Callable<Integer> {
  @Mixin private LocalLake lake;

  @Option(
      names = "--pipeline",
      paramLabel = "DIR",
      defaultValue = "conf/bench",
      description = "Folder of the measured pipeline (default: ${DEFAULT-VALUE}).")
  private Path pipeline;

  @Option(
      names = "--events",
      paramLabel = "N",
      defaultValue = "2000000",
      description = "Purchases to measure on (default: ${DEFAULT-VALUE}).")
  private long events;

  @Option(
      names = "--duplicates",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = ShareConverter.class,
      description = "Deliver this share of purchases twice, for example 2%% or 0.02.")
  private Share duplicates;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "5",
      description = "How often each takes its turn (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--contenders",
      paramLabel = "NAME",
      split = ",",
      description = "Who takes turns (default: all): ${COMPLETION-CANDIDATES}.")
  private List<Contender> contenders = List.of(Contender.values());

  @Option(
      names = "--rival",
      paramLabel = "NAME=COMMAND",
      description = {
        "A program that does the same work, and takes its turn after the others; may be repeated.",
        "It finds BENCH_BROKERS, BENCH_TOPIC and an empty BENCH_FOLDER in its environment, and writes its figures to BENCH_RESULT; docs/performance.md has the format."
      })
  private Map<String, String> rivals = Map.of();

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    Workload workload =
        new Workload(
            events,
            duplicates,
            rounds,
            contenders,
            rivals.entrySet().stream()
                .map(rival -> new Rival(rival.getKey(), rival.getValue()))
                .toList());
    Path folder = lake.folder().resolve("bench");
    LocalStack.stop(folder);
    FileUtils.deleteDirectory(folder.toFile());
    Report report;
    // Schemas are fetched once in a process: where from makes no difference.
    try (LocalStack stack = LocalStack.tethered(folder, RegistryChoice.FOLDER)) {
      report =
          new Benchmark(
                  stack.environment(),
                  folder,
                  PipelineOption.find(pipeline).toAbsolutePath(),
                  lake.folder().resolve("logs"))
              .run(workload);
    }
    FileUtils.deleteDirectory(folder.toFile());
    spec.commandLine()
        .getOut()
        .print(json ? report.json() + System.lineSeparator() : report.table());
    spec.commandLine().getOut().flush();
    return report.counts() ? ExitCode.FINE : ExitCode.FAILED;
  }
}
