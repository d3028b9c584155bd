package io.tidemark.local.demo;

import io.tidemark.cli.PipelineOption;
import io.tidemark.local.LocalStack;
import io.tidemark.local.VerbOptions;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.PipelineFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.util.SignalUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark demo}: everything, once, on one machine. */
@Command(
    name = "demo",
    mixinStandardHelpOptions = true,
    description = {
      "Runs the whole pipeline once on this machine, and leaves a lake to look at.",
      "It starts a broker and a registry, replays purchases with trouble added, lands and refreshes, reconciles, stops."
    })
public final class DemoCommand implements Callable<Integer> {
  @Option(
      names = "--data",
      paramLabel = "FILE",
      description =
          "Purchases to replay, in the columns of UCI Online Retail, with a products.csv beside them (default: generated ones).")
  private Path data;

  @Option(
      names = "--lake",
      paramLabel = "DIR",
      defaultValue = "lake",
      description = "Folder of the lake to make (default: ./lake).")
  private Path lake;

  @Option(
      names = "--fresh",
      description = "Delete the lake that is in the folder, and make a new one.")
  private boolean fresh;

  @Mixin private PipelineOption pipelineOption;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Chooses the trouble, and the generated purchases (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description =
          "How many purchases (default: all of the file, or 200000 generated ones). With a few thousand no number may drift: then few events are late.")
  private Long lines;

  @Option(names = "--json", description = "Print one JSON object.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    DemoSettings settings = settings();
    // Before a lake is deleted for a new one.
    settings.data().ifPresent(DemoInput::require);
    LocalStack.requireNew(settings.lake());
    if (!prepare(new LakeFolder(settings.lake()))) {
      return ExitCode.WRONG_USAGE;
    }
    AtomicBoolean stopped = stopOnSignal();
    try (Demo demo = new Demo(settings, System.err)) {
      DemoReport report = demo.run();
      spec.commandLine().getOut().println(json ? report.json() : report.text());
      return report.exitCode();
    } catch (Exception e) {
      if (stopped.get()) {
        spec.commandLine().getErr().println("Stopped. Nothing that the demo started still runs.");
        return ExitCode.FINE;
      }
      throw e;
    }
  }

  private DemoSettings settings() {
    if (lines != null && lines < 1) {
      throw new ParameterException(
          spec.commandLine(), "--lines %d is below 1. Give at least 1.".formatted(lines));
    }
    return new DemoSettings(
        PipelineFile.read(pipelineOption.folder()),
        new VerbOptions(lake.toAbsolutePath().normalize(), pipelineOption.given()),
        Optional.ofNullable(data),
        seed,
        lines == null ? OptionalLong.empty() : OptionalLong.of(lines));
  }

  /** Whether the folder is ready for a new lake. */
  private boolean prepare(LakeFolder folder) throws IOException {
    if (folder.isUsed() && !fresh) {
      spec.commandLine()
          .getErr()
          .printf(
              "Cannot make a lake in %s: there is one already. Add --fresh to delete it, name another --lake, or go on with it: ./tidemark up --lake %s%n",
              folder.path(), folder.path());
      return false;
    }
    LocalStack.stop(folder.path());
    folder.clear();
    return true;
  }

  /** The first signal ends the demo in order, a second one at once. */
  private static AtomicBoolean stopOnSignal() {
    AtomicBoolean stopped = new AtomicBoolean();
    Thread demo = Thread.currentThread();
    for (String signal : new String[] {"INT", "TERM"}) {
      SignalUtils.register(
          signal,
          () -> {
            boolean isFirst = !stopped.getAndSet(true);
            if (isFirst) {
              System.err.printf("%nStopping what the demo started. Once more leaves at once.%n");
            }
            demo.interrupt();
            return isFirst;
          });
    }
    return stopped;
  }
}
