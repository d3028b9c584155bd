package io.tidemark.deadletters;

import io.tidemark.cli.Verb;
import io.tidemark.output.ExitCode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Looks at the records that could not become events, and tries them again. */
@Command(
    name = "dead-letters",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "(list | show | replay)",
    subcommands = {ListCommand.class, ShowCommand.class, ReplayCommand.class},
    description =
        "Shows the records that could not become events, and why, and lands those that have become good.")
public final class DeadLettersCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    System.exit(Verb.run(new DeadLettersCommand(), args));
  }

  @Override
  public Integer call() {
    spec.commandLine().usage(spec.commandLine().getOut());
    return ExitCode.FINE;
  }
}
