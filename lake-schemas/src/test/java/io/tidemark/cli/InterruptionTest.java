package io.tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.output.ExitCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine.Command;

/** A process of its own is ended as a terminal ends one. */
class InterruptionTest {

  /** Goes on until it is ended; then it fails, as Spark does whose context is gone. */
  @Command(name = "works")
  static final class Works implements Callable<Integer> {
    @Override
    public Integer call() throws InterruptedException {
      CountDownLatch ending = new CountDownLatch(1);
      Runtime.getRuntime().addShutdownHook(new Thread(ending::countDown));
      System.out.println("working");
      ending.await();
      throw new IllegalStateException("Cannot call methods on a stopped SparkContext");
    }

    public static void main(String[] args) {
      System.exit(Verb.run(new Works(), args));
    }
  }

  @Command(name = "ends")
  static final class Ends implements Callable<Integer> {
    @Override
    public Integer call() {
      return ExitCode.DRIFT_NOT_REPAIRED;
    }

    public static void main(String[] args) {
      System.exit(Verb.run(new Ends(), args));
    }
  }

  private static Process start(Class<?> verb) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            verb.getName())
        .start();
  }

  private static List<String> errors(Process process) throws IOException {
    return new String(process.getErrorStream().readAllBytes(), UTF_8)
        .lines()
        // Of logging that the class path of tests does not bind.
        .filter(line -> !line.isBlank() && !line.startsWith("SLF4J"))
        .toList();
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aVerbThatIsEndedSaysSoAndNothingElse(String signal, int exitCode) throws Exception {
    Process process = start(Works.class);
    try (BufferedReader output = process.inputReader(UTF_8)) {
      assertThat(output.readLine()).isEqualTo("working");

      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

      assertThat(process.waitFor(1, TimeUnit.MINUTES))
          .as("ended by SIG%s, which a shell script's background jobs ignore", signal)
          .isTrue();
      assertThat(errors(process))
          .containsExactly(
              "Stopped before the end. What it has written is complete; run it again to go on.");
      assertThat(process.exitValue()).isEqualTo(exitCode);
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void aVerbThatEndsByItselfDoesNot() throws Exception {
    Process process = start(Ends.class);

    assertThat(errors(process)).isEmpty();
    assertThat(process.waitFor()).isEqualTo(ExitCode.DRIFT_NOT_REPAIRED);
  }
}
