package io.tidemark.cli;

import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import io.tidemark.output.NamedCommand;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.InvalidConfigurationException;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.TypeConversionException;

/** Runs one verb of the command line, and turns how it ends into an exit code. */
public final class Verb {
  private static final String LAUNCHER = "tidemark";

  private Verb() {}

  /**
   * Parses, calls and returns the exit code, see {@link ExitCode}. Errors go to stderr in one line,
   * their causes to the log; a wrong command line in two, the second of which says what is right.
   */
  public static int run(Callable<Integer> verb, String... args) {
    CommandLine line = new CommandLine(verb);
    nameVersion(line, "Tidemark " + version(verb));
    nameAsCalled(line);
    NamedCommand.keep(args);
    try (Interruption interruption = Interruption.watch(line.getErr())) {
      return run(line, interruption, args);
    } finally {
      NamedCommand.keep();
    }
  }

  private static int run(CommandLine line, Interruption interruption, String... args) {
    try {
      return line.setCaseInsensitiveEnumValuesAllowed(true)
          .registerConverter(LocalDate.class, Verb::date)
          .registerConverter(long.class, text -> number(text, Long::valueOf))
          .registerConverter(int.class, text -> number(text, Integer::valueOf))
          .setParameterExceptionHandler(UsageError::tell)
          .setExecutionExceptionHandler(
              (failure, failed, parsed) -> told(failure, failed, interruption))
          .execute(args);
    } catch (LinkageError e) { // Of what a verb throws, only exceptions are handled above.
      return told(e, line, interruption);
    }
  }

  private static int told(Throwable failure, CommandLine failed, Interruption interruption) {
    // Not before there is a failure: to begin logging takes longer than to print help.
    LoggerFactory.getLogger(Verb.class).error("{} failed", failed.getCommandName(), failure);
    if (!interruption.isUnderWay()) {
      failed.getErr().println(FailureReason.of(failure));
    }
    return isWrongUsage(FailureReason.unwrapped(failure)) ? ExitCode.WRONG_USAGE : ExitCode.FAILED;
  }

  private static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new TypeConversionException("'%s' is not a date such as 2010-12-29".formatted(text));
    }
  }

  private static <T> T number(String text, Function<String, T> parse) {
    try {
      return parse.apply(text);
    } catch (NumberFormatException e) {
      throw new TypeConversionException(
          "'%s' is not a whole number, or is too large".formatted(text));
    }
  }

  /** What the manifest of the verb's jar says; classes that are in none are of a build. */
  private static String version(Object verb) {
    return Objects.requireNonNullElse(
        verb.getClass().getPackage().getImplementationVersion(), "(not from a jar)");
  }

  private static void nameVersion(CommandLine line, String version) {
    line.getCommandSpec().version(version);
    line.getSubcommands().values().forEach(verb -> nameVersion(verb, version));
  }

  /** The launcher starts some verbs by their own class, and is called by its name and theirs. */
  private static void nameAsCalled(CommandLine line) {
    if (PipelineOption.isLaunched() && !line.getCommandName().equals(LAUNCHER)) {
      line.setCommandName(LAUNCHER + " " + line.getCommandName());
    }
  }

  static boolean isWrongUsage(Throwable reason) {
    return reason instanceof InvalidConfigurationException || reason instanceof WrongUsageException;
  }
}
