package io.tidemark;

import io.tidemark.cli.LogFolder;
import io.tidemark.cli.Verb;
import io.tidemark.deadletters.DeadLettersCommand;
import io.tidemark.forget.ForgetCommand;
import io.tidemark.local.DownCommand;
import io.tidemark.local.NotebooksCommand;
import io.tidemark.local.UpCommand;
import io.tidemark.local.bench.BenchCommand;
import io.tidemark.local.demo.DemoCommand;
import io.tidemark.local.replay.ReplayCommand;
import io.tidemark.maintain.MaintainCommand;
import io.tidemark.output.ExitCode;
import io.tidemark.quality.QualityCommand;
import io.tidemark.query.QueryCommand;
import io.tidemark.reconcile.ReconcileCommand;
import io.tidemark.report.StatusCommand;
import io.tidemark.streaming.StreamCommand;
import io.tidemark.validate.ValidateCommand;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The command line: every verb on one machine. */
@Command(
    name = "tidemark",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "VERB",
    description = "A lakehouse pipeline that proves its numbers.",
    footerHeading = "%n",
    footer = "Begin with './tidemark demo'. './tidemark VERB --help' tells more about a verb.",
    subcommands = {
      DemoCommand.class,
      UpCommand.class,
      DownCommand.class,
      ReplayCommand.class,
      StreamCommand.class,
      ReconcileCommand.class,
      QualityCommand.class,
      ValidateCommand.class,
      StatusCommand.class,
      QueryCommand.class,
      DeadLettersCommand.class,
      ForgetCommand.class,
      MaintainCommand.class,
      NotebooksCommand.class,
      BenchCommand.class
    })
public final class Main implements Callable<Integer> {
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    LogFolder.choose(args);
    System.exit(Verb.run(new Main(), args));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.FINE;
  }
}
