package io.tidemark.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.table.TestLake;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoIT {
  /** The last day of the generator never closes. */
  private static final String TIDEMARK = "2010-12-29";

  private static final Path PIPELINE = Path.of("..", "conf", "retail");

  @TempDir Path folder;

  @Test
  void aPipelineWithTheFormatsSwappedEndsInNumbersThatEqualTheTruth() throws Exception {
    provesTheTruth(swapped(), 3_000);
  }

  @Test
  void aLakeThatIsThereIsRefusedWithTheWayOut() throws Exception {
    Files.createDirectories(folder.resolve("lake/warehouse"));
    StringWriter err = new StringWriter();
    int code =
        new CommandLine(new DemoCommand())
            .setErr(new PrintWriter(err, true))
            .execute(
                "--lake", folder.resolve("lake").toString(), "--pipeline", PIPELINE.toString());
    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(err.toString()).contains("--fresh");
    assertThat(folder.resolve("lake/warehouse")).exists();
  }

  private void provesTheTruth(Path pipeline, long lines) throws Exception {
    Path lake = folder.resolve("lake");
    JsonNode report = demo(lake, pipeline, lines);
    long deadLetters = 0;
    for (JsonNode reason : report.path("dead_letters")) {
      deadLetters += reason.asLong();
    }
    assertThat(report.path("ledger_balanced").asBoolean()).isTrue();
    assertThat(report.path("delivered").asLong())
        .isEqualTo(report.path("landed").asLong() + deadLetters)
        .isGreaterThan(lines);
    assertThat(report.path("landed").asLong() - report.path("duplicates").asLong())
        .isEqualTo(lines);
    assertThat(report.path("dead_letters").path("max-future").asLong()).isPositive();
    assertThat(report.path("views"))
        .hasSize(3)
        .allSatisfy(
            view -> {
              assertThat(view.path("drift_after").asLong()).isZero();
              assertThat(view.path("tidemark").asText()).isEqualTo(TIDEMARK);
            });
    Path purchases = lake.resolve("input/purchases.csv");
    try (TestLake opened = TestLake.in(lake)) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), TIDEMARK);
      assertThat(sales.byHourAndCountry())
          .isEqualTo(SalesTables.through(TIDEMARK, Truth.byHourAndCountry(purchases)));
      assertThat(sales.sliding())
          .isEqualTo(SalesTables.through(TIDEMARK, Truth.sliding(purchases)));
    }
  }

  private JsonNode demo(Path lake, Path pipeline, long lines) throws Exception {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new DemoCommand())
            .setOut(new PrintWriter(out, true))
            .execute("--json", "--lines=" + lines, "--lake=" + lake, "--pipeline=" + pipeline);
    assertThat(code).isEqualTo(ExitCode.FINE);
    return new ObjectMapper().readTree(out.toString());
  }

  /** The reference pipeline with Iceberg where it has Delta, and the other way round. */
  private Path swapped() throws Exception {
    return RetailCopy.in(folder.resolve("conf"))
        .change(
            "pipeline.yaml",
            text ->
                text.replace("format: delta", "format: other")
                    .replace("format: iceberg", "format: delta")
                    .replace("format: other", "format: iceberg"))
        .folder();
  }
}
