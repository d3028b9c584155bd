package io.tidemark.local.bench;

import io.tidemark.cli.PipelineOption;
import io.tidemark.local.LocalLake;
import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.local.replay.Share;
import io.tidemark.local.replay.ShareConverter;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.report.StatusCommand;
import io.tidemark.streaming.StreamCommand;
import java.nio.file.Path;
import java.util.ArrayList;
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
      "Every contender takes its turn in every round, in a process of its own, and does its work three times: the third time is warmed up.",
      "With --freshness it measures how long events take into the views of a running stream.",
      "With --commits it measures what a batch costs as tables grow, without maintenance and then with it.",
      "With --driver it measures what the driver does in a batch of many partitions, views and tasks.",
      "With --cluster it measures what more workers of a Spark cluster gain, and what does not scale."
    },
    footer = {
      "",
      "A result counts only where its totals are those of what was sent, and freshness only where every view has read everything; otherwise the exit code is 1."
    })
public final class BenchCommand implements Callable<Integer> {
  private static final long EVENTS = 2_000_000;

  @Mixin private LocalLake lake;

  @Option(
      names = "--pipeline",
      paramLabel = "DIR",
      description =
          "Folder of the measured pipeline (default: conf/bench, and conf/retail with --freshness or --commits).")
  private Path pipeline;

  @Option(
      names = "--events",
      paramLabel = "N",
      description = "Purchases to measure on (default: 2000000, and 1000000 with --cluster).")
  private Long events;

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
      description =
          "Who takes turns (default: all). They always take them in this order: ${COMPLETION-CANDIDATES}.")
  private List<Contender> contenders = List.of(Contender.values());

  @Option(
      names = "--rival",
      paramLabel = "NAME=COMMAND",
      description = {
        "A program that does the same work, and takes its turn after the others; may be repeated.",
        "It finds BENCH_BROKERS, BENCH_TOPIC and an empty BENCH_FOLDER in its environment, and writes its figures to BENCH_RESULT; docs/performance.md has the format."
      })
  private Map<String, String> rivals = Map.of();

  @Option(
      names = "--freshness",
      description =
          "Run a stream with a sender of invoice lines beside it, and measure for each view how long it takes from a record's time in Kafka until its number is in the view.")
  private boolean freshness;

  @Option(
      names = "--commits",
      paramLabel = "N",
      description =
          "Run a stream until it has committed N landing batches, first without maintenance and then with it, and measure batches, files and the verb status after a 40th, a quarter and all of them. 2000 take more than an hour.")
  private Integer commits;

  @Mixin private DriverOptions driver;

  @Mixin private ClusterOptions cluster;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description =
          "With --freshness or --commits: how many events are sent in a second (default: 1000 and 100).")
  private Integer rate;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      defaultValue = "120",
      description =
          "With --freshness: for how long, after a minute that is not counted (default: ${DEFAULT-VALUE}).")
  private int seconds;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  /** Measures on servers, prints what came out, and says whether that counts. */
  private interface Measuring {
    boolean run(Environment servers) throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    return switch (BenchKind.of(spec.commandLine().getParseResult())) {
      case CONTENDERS -> measureContenders();
      case FRESHNESS -> measureFreshness();
      case COMMITS -> measureCommits();
      case DRIVER -> measureDriver();
      case CLUSTER -> measureCluster();
    };
  }

  private int measureContenders() throws Exception {
    Workload workload =
        new Workload(
            events == null ? EVENTS : events,
            duplicates,
            rounds,
            contenders,
            rivals.entrySet().stream()
                .map(rival -> new Rival(rival.getKey(), rival.getValue()))
                .toList());
    Path measured = pipeline("conf/bench");
    return measure(
        servers -> {
          Report report = new Benchmark(servers, folder(), measured, logs()).run(workload);
          print(json ? report.json() + System.lineSeparator() : report.table());
          return report.counts();
        });
  }

  private int measureFreshness() throws Exception {
    Pace pace = new Pace(rate == null ? 1_000 : rate, seconds);
    Pipeline measured = ShopStream.pipeline(pipeline("conf/retail"));
    return measure(
        servers -> {
          FreshnessReport report =
              new Freshness(servers, folder(), measured, logs(), StreamCommand.class).run(pace);
          print(json ? report.json() + System.lineSeparator() : report.text());
          return report.counts();
        });
  }

  private int measureCommits() throws Exception {
    Commits measured = new Commits(commits, rate == null ? 100 : rate);
    Path shop = Growth.pipeline(pipeline("conf/retail"));
    List<GrowthReport.Row> rows = new ArrayList<>();
    for (boolean maintained : List.of(false, true)) {
      measure(
          servers -> {
            Growth growth =
                new Growth(
                    servers, folder(), shop, logs(), StreamCommand.class, StatusCommand.class);
            return rows.addAll(growth.run(measured, maintained));
          });
    }
    GrowthReport report =
        new GrowthReport(
            measured.commits(), measured.rate(), Runtime.getRuntime().availableProcessors(), rows);
    print(json ? report.json() + System.lineSeparator() : report.text());
    return ExitCode.FINE;
  }

  private int measureDriver() throws Exception {
    DriverLoad load = driver.load();
    Pipeline purchases = PipelineFile.read(pipeline("conf/bench"));
    return measure(
        servers -> {
          DriverReport report = DriverOptions.work(servers, folder(), purchases).run(load);
          print(json ? report.json() + System.lineSeparator() : report.text());
          return true;
        });
  }

  private int measureCluster() throws Exception {
    ClusterLoad load = cluster.load(events == null ? ClusterOptions.EVENTS : events, rounds);
    Path purchases = pipeline("conf/bench");
    return measure(
        servers -> {
          ClusterReport report =
              ClusterOptions.work(servers, folder(), purchases, logs()).run(load);
          print(json ? report.json() + System.lineSeparator() : report.text());
          return report.counts();
        });
  }

  private int measure(Measuring measuring) throws Exception {
    LocalStack.stop(folder());
    FileUtils.deleteDirectory(folder().toFile());
    boolean counts;
    // Schemas are fetched once in a process: where from makes no difference.
    try (LocalStack stack = LocalStack.tethered(folder(), RegistryChoice.FOLDER)) {
      counts = measuring.run(stack.environment());
    }
    FileUtils.deleteDirectory(folder().toFile());
    return counts ? ExitCode.FINE : ExitCode.FAILED;
  }

  private Path pipeline(String standard) {
    return PipelineOption.find(pipeline == null ? Path.of(standard) : pipeline).toAbsolutePath();
  }

  private Path folder() {
    return lake.folder().resolve("bench");
  }

  private Path logs() {
    return lake.folder().resolve("logs");
  }

  private void print(String text) {
    spec.commandLine().getOut().print(text);
    spec.commandLine().getOut().flush();
  }
}
