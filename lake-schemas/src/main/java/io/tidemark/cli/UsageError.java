package io.tidemark.cli;

import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Nearest;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says what is wrong with a command line in one line, and how the verb is called in another. */
final class UsageError {
  /** Wide enough for every option of a verb. */
  private static final int ONE_LINE = 4000;

  private UsageError() {}

  static int tell(ParameterException wrong, String... args) {
    CommandLine verb = wrong.getCommandLine();
    verb.getErr().println(message(wrong, args));
    verb.getErr().println(usage(verb));
    return ExitCode.WRONG_USAGE;
  }

  private static String message(ParameterException wrong, String... args) {
    CommandSpec verb = wrong.getCommandLine().getCommandSpec();
    if (wrong instanceof UnmatchedArgumentException unmatched) {
      return unknownOption(verb, unmatched.getUnmatched(), "-.+")
          .orElseGet(() -> unknownArgument(verb, oneLine(unmatched.getUnmatched().get(0))));
    }
    String message = oneLine(wrong.getMessage()).replaceFirst("^Error: ", "");
    // What is missing is often there, and misspelled.
    return wrong instanceof MissingParameterException
        ? unknownOption(verb, List.of(args), "--[a-z].*").orElse(message)
        : message;
  }

  private static Optional<String> unknownOption(
      CommandSpec verb, List<String> arguments, String looks) {
    Set<String> known = verb.optionsMap().keySet();
    return arguments.stream()
        .filter(argument -> argument.matches(looks))
        .map(argument -> argument.split("=", 2)[0])
        .filter(name -> !known.contains(name))
        .findFirst()
        .map(name -> unknown("option", name, longNames(known)));
  }

  private static List<String> longNames(Set<String> options) {
    return options.stream().filter(name -> name.startsWith("--")).toList();
  }

  private static String unknownArgument(CommandSpec verb, String argument) {
    return verb.subcommands().isEmpty()
        ? "Unexpected argument '%s'.".formatted(argument)
        : unknown("verb", argument, verb.subcommands().keySet());
  }

  private static String unknown(String kind, String name, Collection<String> known) {
    return "Unknown %s '%s'.%s"
        .formatted(
            kind, name, nearest(name, known).map(" Did you mean '%s'?"::formatted).orElse(""));
  }

  /** Somebody may have left out the end of a name, too. */
  private static Optional<String> nearest(String name, Collection<String> known) {
    return Nearest.of(name, known)
        .or(
            () ->
                known.stream()
                    .filter(each -> name.length() > 2 && each.startsWith(name))
                    .findFirst());
  }

  private static String usage(CommandLine verb) {
    verb.getCommandSpec().usageMessage().width(ONE_LINE);
    Help help = verb.getHelp();
    return oneLine(help.synopsisHeading() + help.synopsis(help.synopsisHeadingLength()));
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
