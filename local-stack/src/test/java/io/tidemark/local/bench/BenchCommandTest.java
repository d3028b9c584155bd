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
    "--freshness --contenders=refresh, Cannot use --contenders here: it only counts where contenders take turns. ",
    "--freshness --rounds=2, Cannot use --rounds here: ",
    "--freshness --events=5, Cannot use --events here: ",
    "--freshness --duplicates=2%, Cannot use --duplicates here: ",
    "--freshness --rival=a=b, Cannot use --rival here: ",
    "--rate=5, Cannot use --rate here: it only counts where a stream is measured. ",
    "--seconds=5, Cannot use --seconds here: ",
    "--commits=50 --seconds=5, Cannot use --seconds here: ",
    "--commits=50 --rounds=2, Cannot use --rounds here: ",
    "--commits=50 --freshness, Cannot measure --freshness and --commits at once: ",
    "--commits=79, Cannot measure 79 commits with 100 events a second: ",
    "--commits=80 --rate=0, Cannot measure 80 commits with 0 events a second: ",
    "--commits=80 --pipeline=../conf/bench, Cannot measure a stream of the pipeline in ",
    "--driver --freshness, Cannot measure --freshness and --driver at once: ",
    "--driver --rate=5, Cannot use --rate here: ",
    "--commits=80 --views=5, Cannot use --views here: it only counts where a driver is measured. ",
    "--driver --views=0, Cannot measure a driver with 1000 partitions, 0 views and 1000 tasks: ",
    "--driver --partitions=9 --tasks=10, Cannot measure a driver with 10 tasks and 9 partitions: ",
    "--cluster --driver, Cannot measure --driver and --cluster at once: ",
    "--cluster --duplicates=2%, Cannot use --duplicates here: ",
    "--workers=1, Cannot use --workers here: it only counts where a cluster is measured. ",
    "--driver --batch=5, Cannot use --batch here: ",
    "--cluster --events=0, 'Cannot measure 0 events, batches of 200,000, 5 rounds and [1, 2] workers: '",
    "--cluster --workers=0, 'Cannot measure 1,000,000 events, batches of 0, 5 rounds and [0] workers: '",
    "--cluster --workers=99999, Cannot measure 99999 workers on ",
    "--freshness --rate=0, Cannot measure freshness with 0 events a second for 120 s: ",
    "--freshness --seconds=0, Cannot measure freshness with 1000 events a second for 0 s: ",
    "--freshness --pipeline=../conf/bench, Cannot measure a stream of the pipeline in "
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
