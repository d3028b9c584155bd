package io.tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.InvalidConfigurationException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Command;

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
