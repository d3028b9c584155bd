package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.demo.DemoCommand;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.reconcile.ReconcileCommand;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine;

/** A small lake of the demo, for tests with other people's tools. */
public final class DemoLake {
  static final Path PIPELINE = Path.of("..", "conf", "retail").toAbsolutePath().normalize();

  private static final String VIEW = "sales_by_hour_country";
  private static final String DATE = "2010-12-02";

  /** As TestLake has it: whoever opens this lake looks at few rows. */
  private static final Map<String, String> SMALL =
      Map.of(
          "spark.sql.shuffle.partitions", "2",
          "spark.databricks.delta.snapshotPartitions", "1",
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private DemoLake() {}

  /** Both formats are in it, and a view that was wrong on a date and has been put right. */
  public static void make(Path place) throws IOException {
    call(new DemoCommand(), "--lines=1500", "--lake=" + place, "--pipeline=" + PIPELINE);
    makeSmall(place.resolve("environment.yaml"));
    try (TestLake tampered = TestLake.in(place)) {
      tampered
          .spark()
          .sql(
              "UPDATE lake.retail.%s SET line_count = line_count + 1, revenue_net = revenue_net + 1 WHERE date = '%s'"
                  .formatted(VIEW, DATE));
    }
    call(
        new ReconcileCommand(),
        "--view=" + VIEW,
        "--from=" + DATE,
        "--to=" + DATE,
        "--lake=" + place,
        "--pipeline=" + PIPELINE);
  }

  private static void makeSmall(Path file) throws IOException {
    Environment made = EnvironmentFile.read(file);
    EnvironmentFile.write(
        new Environment(
            made.brokers(),
            made.registry(),
            made.warehouse(),
            made.checkpoints(),
            made.catalog(),
            made.kafka(),
            SMALL),
        file);
  }

  private static void call(Object verb, String... arguments) {
    StringWriter out = new StringWriter();
    int code = new CommandLine(verb).setOut(new PrintWriter(out, true)).execute(arguments);
    assertThat(code).as(out::toString).isEqualTo(ExitCode.FINE);
  }
}
