package io.tidemark.validate;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.table.Commit;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** A pipeline that has changed since its tables were made. */
class ValidateLakeTest {
  @TempDir private Path folder;
  private final StringWriter out = new StringWriter();
  private RetailCopy retail;

  @BeforeEach
  void open() throws IOException {
    retail = RetailCopy.in(folder.resolve("retail"));
    // Closed before the verb, which ends its Spark.
    try (TestLake lake = TestLake.in(folder)) {
      PipelineTables.open(lake.spark(), PipelineFile.read(retail.folder()));
    }
  }

  @Test
  void whatTheTablesCanBecomeIsValid() throws IOException {
    retail.change(
        "schemas/invoice_line.avsc",
        json -> json.replace("\"line_no\", \"type\": \"int\"", "\"line_no\", \"type\": \"long\""));

    assertThat(validate()).as(out::toString).isEqualTo(ExitCode.FINE);
  }

  @Test
  void whatTheTablesCannotBecomeIsRefusedWithFileAndField() throws IOException {
    retail.change(
        "schemas/invoice_line.avsc",
        json ->
            json.replace(
                "\"customer_id\", \"type\": [\"null\", \"string\"]",
                "\"customer_id\", \"type\": [\"null\", \"int\"]"));

    assertThat(validate()).as(out::toString).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(out.toString())
        .contains(
            "invoice_line.avsc: customer_id: Cannot use table retail.events: its column customer_id is"
                + " STRING, and its definition says INT. Keep its type (in a view: CAST it to"
                + " STRING), or give it another name");
  }

  @Test
  void aViewsColumnOfAnotherTypeIsRefusedWithItsFile() throws IOException {
    retail.change(
        "views/sales_sliding.sql",
        sql -> sql.replace("count(*) AS line_count", "max(cancelled) AS line_count"));

    assertThat(validate()).as(out::toString).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(out.toString())
        .contains(
            "sales_sliding.sql: sales_sliding: Cannot use table retail.sales_sliding: its column"
                + " line_count is BIGINT, and its definition says BOOLEAN");
  }

  @Test
  void anotherFormatIsRefused() throws IOException {
    retail.change("pipeline.yaml", yaml -> yaml.replaceFirst("format: iceberg", "format: delta"));

    assertThat(validate()).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(out.toString()).contains("it is there in ICEBERG");
  }

  @Test
  void anotherTopicOfEventsIsToldWithTheWayOn() throws IOException {
    landed("events", "purchases", 0);
    name("purchases", "purchases-2");

    assertThat(validate()).as(out::toString).isEqualTo(ExitCode.FINE);
    assertThat(out.toString())
        .contains(
            "events: topic 'purchases' has landed, and the pipeline names topic 'purchases-2' now."
                + " To go on with its first record, which counts what is left of 'purchases' as"
                + " lost, start once with ./tidemark stream --accept-loss");
  }

  @Test
  void aTopicThatHasLandedBeforeIsNotGoneBackTo() throws IOException {
    landed("events", "purchases", 0);
    landed("events", "purchases-2", 1);

    assertThat(validate()).as(out::toString).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(out.toString())
        .contains(
            "pipeline.yaml: events: Cannot go back to topic 'purchases': it has landed before"
                + " topic 'purchases-2' did");
  }

  @Test
  void aDimensionKeepsItsTopic() throws IOException {
    landed("products", "products", 0);
    name("products", "products-2");

    assertThat(validate()).as(out::toString).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(out.toString())
        .contains(
            "pipeline.yaml: products: Cannot land topic 'products-2': topic 'products' has landed");
  }

  private void name(String topic, String other) throws IOException {
    retail.change(
        "pipeline.yaml",
        yaml -> yaml.replaceAll("topic: %s\\b".formatted(topic), "topic: " + other));
  }

  private void landed(String table, String topic, long batch) throws IOException {
    Path offsets = folder.resolve("checkpoints/retail/land/%s/offsets".formatted(table));
    Files.createDirectories(offsets);
    Files.writeString(
        offsets.resolve(Long.toString(batch)), "v1\n{}\n{\"%s\":{\"0\":2}}".formatted(topic));
    try (TestLake lake = TestLake.in(folder)) {
      PipelineTables.open(lake.spark(), PipelineFile.read(retail.folder()))
          .operations()
          .ledger()
          .append(
              lake.spark(),
              "retail",
              List.of(new LedgerSpan(topic, 0, 0, 2, 2, 0, 0)),
              Instant.parse("2011-01-01T12:00:00Z"),
              new Commit("retail.land." + table, batch));
    }
  }

  private int validate() throws IOException {
    String yaml =
        """
        brokers: nowhere.invalid:9092
        registry: %1$s
        warehouse: %1$s/warehouse
        checkpoints: %1$s/checkpoints
        catalog: {type: jdbc, uri: "jdbc:sqlite:%1$s/catalog.db?busy_timeout=30000&journal_mode=WAL", jdbc.schema-version: V1}
        """;
    Path environment = folder.resolve("environment.yaml");
    Files.writeString(environment, yaml.formatted(folder));
    return new CommandLine(new ValidateCommand())
        .setOut(new PrintWriter(out, true))
        .execute("--pipeline=" + retail.folder(), "--environment=" + environment);
  }
}
