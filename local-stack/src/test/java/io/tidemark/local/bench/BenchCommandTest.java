package io.tidemark.local.bench;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Verb;
import io.tidemark.output.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

class BenchCommandTest {
  /** Or else it would begin to write its log to what stands in for stderr below. */
  @BeforeAll
  static void beginLogging() {
    LoggerFactory.getLogger(Verb.class).debug("Logging has begun");
  }

  @ParameterizedTest
  @CsvSource({
    "--freshness --contenders=refresh, Cannot use --contenders with --freshness: ",
    "--freshness --rounds=2, Cannot use --rounds with --freshness: ",
    "--freshness --events=5, Cannot use --events with --freshness: ",
    "--freshness --duplicates=2%, Cannot use --duplicates with --freshness: ",
    "--freshness --rival=a=b, Cannot use --rival with --freshness: ",
    "--rate=5, Cannot use --rate without --freshness: ",
    "--seconds=5, Cannot use --seconds without --freshness: ",
    "--freshness --rate=0, Cannot measure freshness with 0 events a second for 120 s: ",
    "--freshness --seconds=0, Cannot measure freshness with 1000 events a second for 0 s: ",
    "--freshness --pipeline=../conf/bench, Cannot measure the freshness of the pipeline in "
  })
  void whatDoesNotBelongTogetherIsRefusedInALine(String options, String reason) {
    PrintStream stderr = System.err;
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    System.setErr(new PrintStream(err, true, UTF_8));
    try {
      assertThat(Verb.run(new BenchCommand(), options.split(" "))).isEqualTo(ExitCode.WRONG_USAGE);
    } finally {
      System.setErr(stderr);
    }
    assertThat(err.toString(UTF_8).lines()).singleElement().asString().startsWith(reason);
  }
}
