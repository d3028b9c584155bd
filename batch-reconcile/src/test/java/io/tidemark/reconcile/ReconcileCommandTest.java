package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Verb;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.RetailCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class ReconcileCommandTest {
  @TempDir private Path folder;
  private Pipeline retail;

  private static final List<String> ALL =
      List.of("sales_by_hour_country", "sales_by_product_day", "sales_sliding");

  @Test
  void whoNamesNoViewMeansAllAndWhoNamesNoDatesThoseThatNeedIt() throws IOException {
    LocalDate date = LocalDate.parse("2010-12-29");
    DateChoice dirty = new DateChoice.Dirty();
    retail = PipelineFile.read(RetailCopy.in(folder).folder());

    assertAsked(ALL, dirty);
    assertAsked(ALL, dirty, "--all-views", "--dirty");
    assertAsked(ALL, dirty, "--report-only");
    assertAsked(List.of("sales_sliding"), dirty, "--view", "sales_sliding");
    assertAsked(ALL, new DateChoice.AllClosed(), "--all-closed");
    assertAsked(ALL, new DateChoice.Each(new TreeSet<>(Set.of(date))), "--date", "2010-12-29");
    assertAsked(
        List.of("sales_sliding"),
        new DateChoice.Between(date, date),
        "--view=sales_sliding",
        "--from=2010-12-29",
        "--to=2010-12-29");
  }

  private void assertAsked(List<String> views, DateChoice dates, String... args) {
    ReconcileCommand command = new ReconcileCommand();
    new CommandLine(command).parseArgs(args);

    assertThat(command.chosen(retail)).as("%s", List.of(args)).isEqualTo(views);
    assertThat(command.choice()).as("%s", List.of(args)).isEqualTo(dates);
  }

  @Test
  void aViewThatABatchCannotProveIsRefusedBeforeTheLakeIsTouched() throws IOException {
    Path pipeline =
        RetailCopy.in(folder)
            .change(
                "views/sales_sliding.sql",
                sql -> sql.replace("count(*) AS line_count", "first(quantity) AS line_count"))
            .folder();
    Path environment =
        Files.writeString(
            folder.resolve("environment.yaml"),
            """
            brokers: 127.0.0.1:9
            registry: registry
            warehouse: warehouse
            checkpoints: checkpoints
            catalog: {type: hadoop}
            """);

    PrintStream console = System.err;
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
    int code;
    try {
      code =
          Verb.run(
              new ReconcileCommand(),
              "--all-views",
              "--all-closed",
              "--pipeline",
              pipeline.toString(),
              "--environment",
              environment.toString(),
              "--outcome",
              folder.resolve("outcome.json").toString());
    } finally {
      System.setErr(console);
    }

    assertThat(told.toString(StandardCharsets.UTF_8))
        .contains("sales_sliding.sql:5: sales_sliding: Cannot use first");
    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(folder.resolve("warehouse")).doesNotExist();
    assertThat(Files.readString(folder.resolve("outcome.json")))
        .startsWith("{\"outcome\":\"failed\",\"exit_code\":2,\"message\":")
        .contains("sales_sliding: Cannot use first");
  }
}
