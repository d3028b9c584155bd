package io.tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A process of its own is told to stop as a terminal tells one. */
class StopRequestTest {

  /** Comes to a good end once it is told to stop. */
  static final class Works {
    public static void main(String[] args) {
      StopRequest stop = StopRequest.watch("the work is done", System.out::println);
      System.out.println("working");
      while (!stop.isMade()) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
      }
      System.out.println("done, with " + stop.exitCode());
      // Of its own: Java would end it with the same.
      System.exit(7);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void whoIsToldToStopComesToAGoodEndFirst(String signal, String exitCode) throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Works.class.getName())
            .start();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      assertThat(output.readLine()).isEqualTo("working");

      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();

      List<String> said = output.lines().toList();
      assertThat(said)
          .containsExactly(
              "Stopping once the work is done. A second signal stops at once.",
              "done, with " + exitCode);
      assertThat(process.waitFor()).isEqualTo(7);
    } finally {
      process.destroyForcibly();
    }
  }
}
