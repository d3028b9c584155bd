package io.tidemark.local.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.cli.ExitCode;
import io.tidemark.local.purchases.Measures;
import io.tidemark.local.purchases.Truth;
import io.tidemark.table.TestLake;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class DemoIT {
  private static final int LINES = 20_000;
  private static final Path PIPELINE = Path.of("..", "conf", "retail");

  @TempDir Path folder;

  @Test
  void theReferencePipelineEndsInNumbersThatEqualTheTruth() throws Exception {
    provesTheTruth(PIPELINE);
  }

  @Test
  void soItDoesWithTheFormatsSwapped() throws Exception {
    provesTheTruth(swapped());
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

  private void provesTheTruth(Path pipeline) throws Exception {
    Path lake = folder.resolve("lake");
    JsonNode report = demo(lake, pipeline);
    long deadLetters = 0;
    for (JsonNode reason : report.path("dead_letters")) {
      deadLetters += reason.asLong();
    }
    assertThat(report.path("ledger_balanced").asBoolean()).isTrue();
    assertThat(report.path("delivered").asLong())
        .isEqualTo(report.path("landed").asLong() + deadLetters)
        .isGreaterThan(LINES);
    assertThat(report.path("landed").asLong() - report.path("duplicates").asLong())
        .isEqualTo(LINES);
    assertThat(report.path("dead_letters").path("max-future").asLong()).isPositive();
    assertThat(report.path("views"))
        .hasSize(3)
        .allSatisfy(
            view -> {
              assertThat(view.path("drift_after").asLong()).isZero();
              assertThat(view.path("tidemark").asText()).isEqualTo("2010-12-29");
            });
    Path purchases = lake.resolve("input/purchases.csv");
    try (TestLake opened = TestLake.in(lake)) {
      SparkSession spark = opened.spark();
      opened.lake().register(spark);
      assertThat(rows(spark, "retail.sales_by_hour_country", "country"))
          .isEqualTo(closed(Truth.byHourAndCountry(purchases)));
      assertThat(rows(spark, "retail.sales_sliding")).isEqualTo(closed(Truth.sliding(purchases)));
    }
  }

  private JsonNode demo(Path lake, Path pipeline) throws Exception {
    StringWriter out = new StringWriter();
    int code =
        new CommandLine(new DemoCommand())
            .setOut(new PrintWriter(out, true))
            .execute("--json", "--lines=" + LINES, "--lake=" + lake, "--pipeline=" + pipeline);
    assertThat(code).isEqualTo(ExitCode.FINE);
    return new ObjectMapper().readTree(out.toString());
  }

  /** The reference pipeline with Iceberg where it has Delta, and the other way round. */
  private Path swapped() throws Exception {
    Path conf = folder.resolve("conf/retail");
    Files.createDirectories(conf.resolve("views"));
    try (var views = Files.list(PIPELINE.resolve("views"))) {
      for (Path view : views.toList()) {
        Files.copy(view, conf.resolve("views").resolve(view.getFileName()));
      }
    }
    String schemas = Path.of("..", "lake-schemas").toAbsolutePath().normalize().toString();
    String text =
        Files.readString(PIPELINE.resolve("pipeline.yaml"))
            .replace("../../lake-schemas", schemas)
            .replace("format: delta", "format: other")
            .replace("format: iceberg", "format: delta")
            .replace("format: other", "format: iceberg");
    Files.writeString(conf.resolve("pipeline.yaml"), text);
    return conf;
  }

  /** Up to the tidemark; the last day of the generator never closes. */
  private static Map<String, Measures> closed(Map<String, Measures> truth) {
    Map<String, Measures> kept = new HashMap<>(truth);
    kept.keySet().removeIf(key -> key.startsWith("2010-12-30"));
    return kept;
  }

  private static Map<String, Measures> rows(SparkSession spark, String view, String... key) {
    Map<String, Measures> rows = new HashMap<>();
    String start = "date_format(window_start, 'yyyy-MM-dd HH:mm:ss')";
    String keys =
        key.length == 0 ? start : start + " || '|' || " + String.join(" || '|' || ", List.of(key));
    spark
        .table(view)
        .where("date <= date'2010-12-29'")
        .selectExpr(
            keys,
            "line_count",
            "quantity_net",
            "revenue_net",
            "sale_lines",
            "quantity_gross",
            "revenue_gross",
            "cancelled_lines",
            "quantity_cancelled",
            "revenue_cancelled")
        .collectAsList()
        .forEach(row -> rows.put(row.getString(0), measures(row)));
    return rows;
  }

  private static Measures measures(Row row) {
    return new Measures(
        row.getLong(1),
        row.getLong(2),
        (BigDecimal) row.get(3),
        row.getLong(4),
        row.getLong(5),
        (BigDecimal) row.get(6),
        row.getLong(7),
        row.getLong(8),
        (BigDecimal) row.get(9));
  }
}
