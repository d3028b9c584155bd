package io.tidemark.cli;

import io.tidemark.pipeline.InvalidConfigurationException;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Runs one verb of the command line, and turns how it ends into an exit code. */
public final class Verb {
  private Verb() {}

  /**
   * Parses, calls and returns the exit code, see {@link ExitCode}. Errors go to stderr in one line,
   * their causes to the log.
   */
  public static int run(Callable<Integer> verb, String... args) {
    return new CommandLine(verb)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, line, parsed) -> {
              // Not before there is a failure: to begin logging takes longer than to print help.
              LoggerFactory.getLogger(Verb.class)
                  .error("{} failed", line.getCommandName(), failure);
              line.getErr().println(FailureReason.of(failure));
              return isWrongUsage(FailureReason.unwrapped(failure))
                  ? ExitCode.WRONG_USAGE
                  : ExitCode.FAILED;
            })
        .execute(args);
  }

  private static boolean isWrongUsage(Throwable reason) {
    return reason instanceof InvalidConfigurationException || reason instanceof WrongUsageException;
  }
}
