package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.cluster.SparkCluster;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.RetailCopy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * The verbs that have no line of their own in README, submitted to a cluster as its page lists
 * them, on a lake where a stream has landed and all is reconciled.
 *
 * @param folder where their output is kept
 */
record OtherVerbs(SparkCluster cluster, SubmitLines lines, Path folder) {
  private static final int MEGABYTES = 768;

  /** One fails, one passes; the tables are of both formats. */
  private static final String CHECKS =
      """
      tables:
        - table: events
          checks:
            - {name: more than there are, check: size, at-least: 1000000}
        - table: sales_by_hour_country
          checks:
            - {name: the country is there, check: completeness, column: country}
      """;

  private static final String FIRST_DAY = "event_time < TIMESTAMP '2010-12-02 00:00:00'";

  /** Two at a time, of one core each, and one that needs no executor. */
  void look() throws Exception {
    try (SubmittedVerb validate = submit(lines.listed("validate"));
        SubmittedVerb status = submit(lines.listed("status") + " --recount --json");
        SubmittedVerb deadLetters = submit(lines.listed("dead-letters") + " --json")) {
      assertThat(output(validate, ExitCode.FINE)).contains("retail is valid");
      assertThat(output(status, ExitCode.FINE))
          .contains("\"ledger_balanced\":true", "\"recounted\":true", "\"lag\":0");
      assertThat(output(deadLetters, ExitCode.FINE))
          .contains("\"topic\":\"purchases\"", "\"reason\":\"max-future\"");
    }
  }

  /**
   * On a cluster of another Spark.
   *
   * @param defaults of what is submitted there
   */
  void check(Map<String, String> defaults) throws Exception {
    Files.writeString(pipeline().resolve("quality.yaml"), CHECKS);
    try (SparkCluster older =
        SparkCluster.start(
            OlderSpark.in(folder.resolve("spark-3.5")).home(),
            folder.resolve("older-cluster"),
            MEGABYTES,
            defaults)) {
      older.addWorker();
      try (SubmittedVerb quality =
          SubmittedVerb.start(lines.quality(), older.variables(), folder)) {
        assertThat(output(quality, ExitCode.QUALITY_REFUSED)).contains("more than there are");
      }
    }
  }

  /** Lands the events that were dated a month ahead, beside it erases those of the first day. */
  void change() throws Exception {
    new RetailCopy(pipeline())
        .change("pipeline.yaml", text -> text.replace("max-future: 1 day", "max-future: 60 days"));
    try (SubmittedVerb replay =
            submit(
                lines.listed("dead-letters").replace(" list ", " replay ")
                    + " --reason max-future");
        SubmittedVerb forget =
            submit(lines.listed("forget").replace("country = 'France'", FIRST_DAY))) {
      assertThat(output(replay, ExitCode.FINE)).contains(" became events, ");
      assertThat(output(forget, ExitCode.FINE)).containsPattern("retail.events: [1-9]\\d* events");
    }
    String left =
        """
        SELECT (SELECT count(*) FROM retail.events WHERE %s) || ' ' \
        || (SELECT count(*) > 0 FROM retail.events WHERE _landed_by IS NOT NULL) || ' ' \
        || (SELECT count(*) > 0 FROM ops.quality WHERE outcome = 'passed') AS left"""
            .formatted(FIRST_DAY);
    try (SubmittedVerb query =
        submit(lines.listed("query").replace("SELECT * FROM ops.tidemarks", left))) {
      assertThat(output(query, ExitCode.FINE)).contains("0 true true");
    }
  }

  private Path pipeline() {
    return lines.folder().resolve(SubmitLines.PIPELINE);
  }

  private SubmittedVerb submit(String line) throws IOException {
    String small = line.replaceFirst("spark-submit ", "spark-submit --conf spark.cores.max=1 ");
    return SubmittedVerb.start(small, cluster.variables(), folder);
  }

  private static String output(SubmittedVerb verb, int exitCode) throws InterruptedException {
    assertThat(verb.exitCode()).as(verb::errors).isEqualTo(exitCode);
    return verb.output();
  }
}
