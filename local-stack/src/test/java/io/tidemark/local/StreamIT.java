package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.table.TestLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stream that goes on while the world around it changes. */
class StreamIT {
  private static final Path RETAIL = Path.of("..", "conf", "retail");
  private static final Path INVOICE_LINE = RETAIL.resolve("schemas/invoice_line.avsc");

  /** Every date is files to write. The last one is still open. */
  private static final int DAYS = 6;

  private static final String TIDEMARK = "2010-12-05";

  @TempDir private Path folder;
  private LocalStack stack;
  private LakeVerbs verbs;

  @BeforeEach
  void start() throws Exception {
    Files.createDirectories(lake());
    verbs = new LakeVerbs(folder, lake(), RETAIL);
    stack = LocalStack.tethered(lake(), RegistryChoice.AUTO);
    EnvironmentFile.write(stack.environment(), lake().resolve("environment.yaml"));
    PurchaseGenerator generator = new PurchaseGenerator(5, 4_000, DAYS);
    generator.writePurchases(purchases());
    generator.writeProducts(folder.resolve("products.csv"));
  }

  @AfterEach
  void stop() {
    LocalStack.stop(lake());
    stack.close();
  }

  /**
   * One of the views cannot be started, the broker goes away and comes back, then producers begin
   * to write a newer schema, then the stream is told to stop.
   */
  @Test
  void itOutlivesAFailingViewABrokerRestartAndANewSchemaAndStopsCleanly() throws Exception {
    Path inTheWay = lake().resolve("checkpoints/retail/refresh/sales_by_hour_country");
    Files.createDirectories(inTheWay.getParent());
    Files.writeString(inTheWay, "A file where the view's checkpoint should be.");
    verbs.send(folder.resolve("products.csv"), "products");
    verbs.send(purchases(), "purchases", "--lines=2000");
    try (LaunchedVerb stream = verbs.launch("stream")) {
      awaitEvents(2_000);
      refuseASecond(stream);
      restartBroker();
      // All of it: what was there already comes a second time.
      verbs.send(purchases(), "purchases", "--schema=" + withAnotherField());
      awaitEvents(6_000);
      stream.terminate();
      assertThat(stream.exitCode()).as(stream::errors).isZero();
      assertThat(stream.errors())
          .contains("Streaming retail from Kafka at ", "Checkpoints: file:")
          .contains("retail.refresh.sales_by_hour_country failed and will restart in 10 s")
          .doesNotContain("retail.refresh.sales_sliding failed")
          .containsPattern(
              "purchases: [1-9][0-9,]* landed, .*\\RStopped\\. The next start continues from here\\.");
      assertThat(stream.output())
          .containsPattern("sales_sliding +[1-9][0-9,]* +[0-9,]+ +20[-0-9T:]+Z");
    }
    Files.delete(inTheWay);
    resumeElsewhere();
    assertThat(verbs.fine("stream", "--once"))
        .containsPattern("topic +landed +dead letters\\R")
        .containsPattern("purchases +0 +0\\R")
        .containsPattern("sales_by_hour_country +[1-9][0-9,]* +[0-9,]+ +20[-0-9T:]+Z\\R");
    verbs.fine("reconcile", "--view=sales_by_hour_country", "--all-closed");

    try (TestLake opened = TestLake.in(lake())) {
      opened.lake().register(opened.spark());
      assertThat(new SalesTables(opened.spark(), TIDEMARK).byHourAndCountry())
          .isEqualTo(SalesTables.through(TIDEMARK, Truth.byHourAndCountry(purchases())));
      assertThat(
              opened
                  .spark()
                  .sql("SELECT DISTINCT _rescued FROM retail.events WHERE _rescued IS NOT NULL")
                  .collectAsList())
          .singleElement()
          .satisfies(row -> assertThat(row.getString(0)).contains("\"till\":\"unknown\""));
      assertThat(opened.spark().sql("SELECT DISTINCT _schema_id FROM retail.events").count())
          .isEqualTo(2);
    }
  }

  private void refuseASecond(LaunchedVerb running) throws Exception {
    try (LaunchedVerb second = verbs.launch("stream", "--once")) {
      assertThat(second.exitCode()).as(second::errors).isEqualTo(ExitCode.FAILED);
      assertThat(second.errors())
          .contains("Cannot stream pipeline retail: another stream has its checkpoints in file:")
          .containsPattern(
              ": application local-[0-9]+, process %d on .+, since 20[-0-9T:]+Z\\. Stop that one first"
                  .formatted(running.pid()));
    }
  }

  /** With the checkpoints at another place, as after a move to another machine. */
  private void resumeElsewhere() throws Exception {
    Path moved = folder.resolve("moved");
    Files.move(lake().resolve("checkpoints"), moved);
    Path environment = lake().resolve("environment.yaml");
    String text = Files.readString(environment);
    String here = lake().resolve("checkpoints").toUri().toString().replaceAll("/+$", "");
    assertThat(text).contains(here);
    Files.writeString(
        environment, text.replace(here, moved.toUri().toString().replaceAll("/+$", "")));
    try (var leases = Files.list(moved.resolve("retail/lease"))) {
      assertThat(leases.filter(file -> !file.getFileName().toString().startsWith(".")))
          .as("whoever goes on need not wait")
          .singleElement()
          .satisfies(lease -> assertThat(lease).hasContent("returned"));
    }
  }

  private Path withAnotherField() throws Exception {
    String schema = Files.readString(INVOICE_LINE);
    int end = schema.lastIndexOf(']');
    Path newer = folder.resolve("invoice_line.avsc");
    Files.writeString(
        newer,
        schema.substring(0, end)
            + ", {\"name\": \"till\", \"type\": \"string\", \"default\": \"unknown\"}"
            + schema.substring(end));
    return newer;
  }

  private void restartBroker() throws Exception {
    String brokers = stack.environment().brokers();
    ServerProcess.find(Broker.NAME, lake()).orElseThrow().stop();
    Broker.start(
        lake(),
        Integer.parseInt(brokers.substring(brokers.lastIndexOf(':') + 1)),
        ServerProcess.Life.TETHERED);
    assertThat(Broker.answers(brokers, lake())).isTrue();
  }

  private void awaitEvents(long count) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(3))
        .ignoreExceptionsMatching(failure -> failure.getMessage().contains("events"))
        .until(
            () -> {
              try (TestLake opened = TestLake.in(lake())) {
                opened.lake().register(opened.spark());
                return opened.spark().table("retail.events").count() >= count;
              }
            });
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private Path purchases() {
    return folder.resolve("purchases.csv");
  }
}
