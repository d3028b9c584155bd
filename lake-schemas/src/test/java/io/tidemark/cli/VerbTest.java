package io.tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.output.ExitCode;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.InvalidConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.LocalDate;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class VerbTest {

  @Command(name = "ends", mixinStandardHelpOptions = true)
  record Ends(RuntimeException failure) implements Callable<Integer> {
    @Override
    public Integer call() {
      if (failure != null) {
        throw failure;
      }
      return ExitCode.DRIFT_NOT_REPAIRED;
    }
  }

  @Test
  void whatCannotBeDoneAsItWasAskedForIsToldFromWhatFailed() {
    assertThat(Verb.run(new Ends(null))).isEqualTo(ExitCode.DRIFT_NOT_REPAIRED);
    assertThat(Verb.run(new Ends(null), "--no-such-option")).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Verb.run(new Ends(new WrongUsageException("Cannot read x: it is not there"))))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Verb.run(new Ends(new CompletionException(new WrongUsageException("Cannot")))))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Verb.run(new Ends(new InvalidConfigurationException(List.of()))))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(Verb.run(new Ends(new IllegalArgumentException("Cannot"))))
        .isEqualTo(ExitCode.FAILED);
  }

  @Command(name = "lacks")
  static final class Lacks implements Callable<Integer> {
    @Override
    public Integer call() {
      throw new NoClassDefFoundError("org/apache/hadoop/fs/BulkDelete");
    }
  }

  @Test
  void oneThatLacksAClassFailsLikeAnyOther() {
    assertThat(Verb.run(new Lacks())).isEqualTo(ExitCode.FAILED);
  }

  @Command(
      name = "asks",
      mixinStandardHelpOptions = true,
      description = "Asks for much.",
      footer = "More of it.",
      subcommands = Ends.class)
  static final class Asks implements Callable<Integer> {
    @Option(names = "--date", required = true, description = "A date.")
    private List<LocalDate> dates;

    @Option(names = "--report-only", description = "Change nothing.")
    private boolean isReport;

    @Option(names = "--a-name-that-is-long-enough-to-break-the-line", paramLabel = "NAME")
    private String name;

    @Override
    public Integer call() {
      throw new ParameterException(new CommandLine(this), "Cannot do this:\n  it is too much");
    }
  }

  private static final String USAGE =
      "Usage: asks [-hV] [--report-only] [--a-name-that-is-long-enough-to-break-the-line=NAME]"
          + " --date=<dates> [--date=<dates>]... [COMMAND]";

  @Test
  void aVerbThatTheLauncherStartsIsNamedAsItIsCalled() {
    System.setProperty("tidemark.home", "anywhere");
    try {
      assertThat(told("--date")).last().isEqualTo(USAGE.replace(" asks", " tidemark asks"));
    } finally {
      System.clearProperty("tidemark.home");
    }
  }

  @Test
  void aWrongCommandLineIsToldInALineAndTheUsageInAnother() {
    assertThat(told("--reprot-only"))
        .containsExactly("Unknown option '--reprot-only'. Did you mean '--report-only'?", USAGE);
    assertThat(told("--report=x"))
        .containsExactly("Unknown option '--report'. Did you mean '--report-only'?", USAGE);
    assertThat(told("--date", "2010-12-29", "--something-else"))
        .containsExactly("Unknown option '--something-else'.", USAGE);
    assertThat(told("--date", "2010-12-29", "ands"))
        .first()
        .isEqualTo("Unknown verb 'ands'. Did you mean 'ends'?");
    assertThat(told()).containsExactly("Missing required option: '--date=<dates>'", USAGE);
    assertThat(told("--date")).hasSize(2).last().isEqualTo(USAGE);
    assertThat(told("--date", "2010-13-01"))
        .containsExactly(
            "Invalid value for option '--date' (<dates>): '2010-13-01' is not a date such as 2010-12-29",
            USAGE);
    assertThat(told("--date", "2010-12-29")).first().isEqualTo("Cannot do this: it is too much");
  }

  private static List<String> told(String... args) {
    PrintStream stderr = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      assertThat(Verb.run(new Asks(), args)).isEqualTo(ExitCode.WRONG_USAGE);
    } finally {
      System.setErr(stderr);
    }
    return err.toString(UTF_8).lines().toList();
  }

  @Test
  void everyVerbSaysWhichVersionItIs() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    PrintStream stdout = System.out;
    System.setOut(new PrintStream(out, true, UTF_8));
    try {
      assertThat(Verb.run(new Ends(null), "--version")).isEqualTo(ExitCode.FINE);
    } finally {
      System.setOut(stdout);
    }
    assertThat(out.toString(UTF_8)).startsWith("Tidemark ");
  }
}
