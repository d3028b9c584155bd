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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import picocli.CommandLine;

/** A small lake of the demo, which tests with other people's tools use one after the other. */
public final class DemoLake implements AutoCloseable {
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

  private static final Path LAKES = Path.of("target", "demo-lakes").toAbsolutePath();

  /** Maven says which build it is. */
  private static final String BUILD =
      System.getProperty("tidemark.build", "process-" + ProcessHandle.current().pid());

  private final Path place;
  private final Turn turn;

  private DemoLake(Path place, Turn turn) {
    this.place = place;
    this.turn = turn;
  }

  /**
   * Waits until no other test has it. The first one of a build makes it, which takes a minute. Both
   * formats are in it, and a view that was wrong on a date and has been put right. Who adds tables
   * to it drops them.
   */
  public static DemoLake take() throws IOException {
    Turn turn = Turn.take(LAKES.resolve("lock"), "Another test has the demo's lake. Waiting.");
    try {
      Path own = LAKES.resolve(BUILD);
      Path place = own.resolve("o'brien's 100% lake");
      if (!Files.exists(own.resolve("made"))) {
        deleteOthers();
        Files.createDirectories(own);
        make(place);
        Files.createFile(own.resolve("made"));
      }
      return new DemoLake(place, turn);
    } catch (IOException | RuntimeException | AssertionError e) {
      turn.close();
      throw e;
    }
  }

  public Path place() {
    return place;
  }

  /** For the next test. */
  @Override
  public void close() throws IOException {
    turn.close();
  }

  /** Of earlier builds, and what was not finished. */
  private static void deleteOthers() throws IOException {
    try (Stream<Path> lakes = Files.list(LAKES)) {
      for (Path lake : lakes.filter(Files::isDirectory).toList()) {
        FileTree.delete(lake);
      }
    }
  }

  private static void make(Path place) throws IOException {
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
