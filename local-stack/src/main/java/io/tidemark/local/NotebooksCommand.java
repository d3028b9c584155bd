package io.tidemark.local;

import io.tidemark.output.ExitCode;
import io.tidemark.output.WrongUsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.util.SignalUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark notebooks}: JupyterLab on a lake, until it is stopped. */
@Command(
    name = "notebooks",
    mixinStandardHelpOptions = true,
    description = {
      "Opens JupyterLab with notebooks on a local lake, until Ctrl-C.",
      "The notebooks are copies in the lake's folder; Tidemark's own stay as they are. It needs Python 3."
          + Python.OLDEST
          + " or later. The first time, it installs its libraries (1.7 GB) in a folder of its own: see"
          + " docs/notebooks.md."
    })
public final class NotebooksCommand implements Callable<Integer> {
  @Mixin private LocalLake lake;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description =
          "Listen on this port of 127.0.0.1 (default: "
              + JupyterLab.USUAL_PORT
              + " if it is free, otherwise another).")
  private Integer port;

  @Option(names = "--no-browser", description = "Print the address only.")
  private boolean noBrowser;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws Exception {
    PrintWriter out = spec.commandLine().getOut();
    requireLake();
    requirePort();
    Notebooks notebooks = new Notebooks(lake.folder());
    Optional<JupyterLab> lab;
    Turn turn = notebooks.turn();
    try {
      lab = open(notebooks, out);
    } finally {
      turn.close();
    }
    if (lab.isPresent()) {
      lab.get().awaitEnd();
    }
    return ExitCode.FINE;
  }

  /** One that answers or was stopped; empty if one runs already, whose address is said. */
  private Optional<JupyterLab> open(Notebooks notebooks, PrintWriter out)
      throws IOException, InterruptedException {
    Optional<JupyterLab.Running> running = JupyterLab.running(notebooks);
    if (running.isPresent()) {
      out.printf("JupyterLab runs on this lake already: %s%n", running.get().address());
      out.printf(
          "Stop it with Ctrl-C where it was started, or with 'kill %d'.%n",
          running.get().process());
      return Optional.empty();
    }
    requireFreePort();
    Path programs = Notebooks.programs(System.getenv());
    for (String name : notebooks.prepare()) {
      out.printf(
          "%s was left as it is, since you have changed it. Tidemark has a newer one: delete yours to get it.%n",
          notebooks.folder().resolve(name));
    }
    return Optional.of(serve(programs, notebooks, out));
  }

  private JupyterLab serve(Path programs, Notebooks notebooks, PrintWriter out)
      throws IOException, InterruptedException {
    JupyterLab lab =
        JupyterLab.start(
            programs,
            notebooks,
            Optional.ofNullable(port),
            !noBrowser,
            lake.folder().resolve("logs").resolve("jupyterlab.log"));
    AtomicBoolean stopped = new AtomicBoolean();
    for (String signal : new String[] {"INT", "TERM"}) {
      SignalUtils.register(
          signal,
          () -> {
            lab.stop();
            return !stopped.getAndSet(true);
          });
    }
    Runtime.getRuntime().addShutdownHook(new Thread(lab::stop));
    try {
      String address = lab.awaitAddress();
      out.printf("JupyterLab: %s%n", address);
      out.printf("Notebooks:  %s%n", notebooks.folder());
      out.printf("Stop with Ctrl-C.%n");
      out.flush();
    } catch (IllegalStateException e) {
      if (!stopped.get()) {
        throw e;
      }
    }
    return lab;
  }

  private void requireLake() {
    if (!Files.exists(lake.environmentFile())
        || !Files.isDirectory(lake.folder().resolve("warehouse"))) {
      throw new WrongUsageException(
          "Cannot open notebooks on %s: that folder does not hold a lake. Make one with './tidemark demo %s', or name another with --lake."
              .formatted(lake.folder(), new VerbOptions(lake.folder(), Optional.empty()).ofLake()));
    }
  }

  private void requirePort() {
    if (port != null && (port < 1 || port > 65_535)) {
      throw new WrongUsageException("Cannot use --port %d: ports are 1 to 65535.".formatted(port));
    }
  }

  private void requireFreePort() {
    if (port != null && !Ports.isFree(port)) {
      throw new IllegalStateException(
          "Cannot listen on port %d of 127.0.0.1: another process does, or you may not. Name another --port, or leave it out."
              .formatted(port));
    }
  }
}
