package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.output.ExitCode;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The notebooks, executed on a real lake: what they check themselves holds, and they end. */
@Tag("tool")
class NotebooksIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final String WAITING = "Another './tidemark notebooks' is opening ";
  private static final String SERVING = "Stop with Ctrl-C.";

  @TempDir static Path folder;

  private static DemoLake demo;
  private static Path lake;
  private static NotebookRuns runs;

  @BeforeAll
  static void takeALakeAndRunThem() throws Exception {
    demo = DemoLake.take();
    lake = demo.place();
    checkItsQuality();
    Path results = Files.createDirectory(folder.resolve("results"));
    runs =
        NotebookRuns.of(
            lake, results, List.of("01_tour", "02_is_it_final", "03_without_a_jvm", "05_quality"));
  }

  @AfterAll
  static void leave() throws IOException {
    if (demo != null) {
      demo.close();
    }
  }

  @Test
  void theTourFindsThatTheLedgerBalancesAndTheViewIsFinalAndFresh() throws IOException {
    assertThat(runs.outputOf("01_tour"))
        .containsPattern(
            "[\\d,]+ offsets in \\d+ batch(es)?: [\\d,]+ events, \\d+ dead letters?, 0")
        .containsPattern("\\d+ of \\d+ dates with rows are final; they have \\d\\d\\.\\d\\d %")
        .containsPattern("in the view,? (each )?within [\\d.]+ s")
        .endsWith("plots: 3\n");
  }

  @Test
  void sparkIsOpenedAgainAfterItWasStopped() throws IOException {
    assertThat(runs.outputOf("01_tour"))
        .containsPattern("Spark was stopped and opened again: [\\d,]+ events\\.");
  }

  @Test
  void plotsOfOneDateOrOneBatchDoNotShowYears() throws IOException {
    assertThat(runs.outputOf("01_tour"))
        .contains("A single date, and a single batch, are shown among their neighbours.");
  }

  @Test
  void aRepairedNumberIsFollowedToItsEvents() throws IOException {
    assertThat(runs.outputOf("02_is_it_final"))
        .containsPattern("had been found wrong before: .*\\d+ unexplained")
        .containsPattern("On 2010-12-02, country .*Cause: unexplained")
        .contains("which is what the view says now")
        .containsPattern(
            "Through Wednesday, 29 December 2010, revenue_net is [\\d.,]+, and that is final\\.")
        .endsWith("plots: 3\n");
  }

  @Test
  void everyReaderFindsTheSameRowsAndTotals() throws IOException {
    assertThat(runs.outputOf("03_without_a_jvm"))
        .contains("the readers agree on every one")
        .contains("Final through 2010-12-29")
        .contains("the view is right to the last digit")
        .endsWith("plots: 2\n");
  }

  @Test
  void whatDeequMeasuredIsWhatDuckDbCounts() throws IOException {
    assertThat(runs.outputOf("05_quality"))
        .containsPattern("\\d+ of \\d+ checks passed everywhere")
        .containsPattern("Most rows are found by '.+' in retail.events: ")
        .containsPattern("\\d+ dates compared, and deequ and DuckDB agree on each")
        .endsWith("plots: 2\n");
  }

  @Test
  void theWorstOfACheckIsOfADateThatFailedAndEstimatesStayBelowTheNumberOfValues()
      throws IOException {
    assertThat(runs.outputOf("05_quality"))
        .contains("The worst of a check is of a date that failed.")
        .contains("No column has more distinct values than values.");
  }

  @Test
  void ofTwoVerbsAtOnceOneServesCopiesToWhoHasTheTokenAndTheOtherSaysWhere() throws Exception {
    List<String> verb = List.of("notebooks", "--lake", lake.toString(), "--no-browser");
    Turn turn = new Notebooks(lake).turn();
    try (LaunchedVerb one = LaunchedVerb.startAsByDefault(folder, verb);
        LaunchedVerb other = LaunchedVerb.startAsByDefault(folder, verb)) {
      List<LaunchedVerb> both = List.of(one, other);
      await()
          .atMost(PATIENCE)
          .until(() -> both.stream().allMatch(waiting -> waiting.errors().contains(WAITING)));
      turn.close();
      await().atMost(PATIENCE).until(() -> both.stream().allMatch(NotebooksIT::hasAnswered));
      boolean oneServes = one.output().contains(SERVING);
      LaunchedVerb serving = oneServes ? one : other;
      Matcher address =
          Pattern.compile("JupyterLab: (http://127.0.0.1:\\d+/)lab\\?token=(\\w+)")
              .matcher(serving.output());
      assertThat(address.find()).as(serving.output()).isTrue();
      LaunchedVerb told = oneServes ? other : one;
      assertThat(told.exitCode()).isEqualTo(ExitCode.FINE);
      assertThat(told.output())
          .startsWith("JupyterLab runs on this lake already: " + address.group(1))
          .contains("or with 'kill ");

      URI contents = URI.create(address.group(1) + "api/contents");
      assertThat(get(contents, address.group(2)).body())
          .contains("01_tour.ipynb", "02_is_it_final.ipynb", "03_without_a_jvm.ipynb");
      assertThat(get(contents, "guess").statusCode()).isEqualTo(403);
      Path log = lake.resolve("logs/jupyterlab.log");
      assertThat(log).content().isNotEmpty().doesNotContain(address.group(2));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(log)))
          .isEqualTo("rw-------");

      StringWriter again = new StringWriter();
      int code =
          new CommandLine(new NotebooksCommand())
              .setOut(new PrintWriter(again, true))
              .execute("--lake", lake.toString(), "--port", Integer.toString(contents.getPort()));
      assertThat(code).isEqualTo(ExitCode.FINE);
      assertThat(again.toString()).isEqualTo(told.output());

      serving.terminate();
      assertThat(serving.exitCode()).as(serving.errors()).isZero();
      assertThatThrownBy(() -> get(contents, address.group(2))).isInstanceOf(IOException.class);
    }
  }

  private static boolean hasAnswered(LaunchedVerb verb) {
    return verb.output().contains(SERVING) || verb.output().contains("or with 'kill ");
  }

  /** What it finds in generated purchases is for the notebook to tell. */
  private static void checkItsQuality() throws InterruptedException {
    List<String> verb =
        List.of("quality", "--lake", lake.toString(), "--pipeline", DemoLake.PIPELINE.toString());
    try (LaunchedVerb quality = LaunchedVerb.start(folder, verb)) {
      assertThat(quality.exitCode())
          .as(quality.errors())
          .isIn(ExitCode.FINE, ExitCode.QUALITY_REFUSED);
    }
  }

  private static HttpResponse<String> get(URI address, String token) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(address).header("Authorization", "token " + token).build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
  }
}
