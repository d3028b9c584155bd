package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.lake.PipelineTables;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.report.StatusReport;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A registry forgets the schemas of events and of a dimension, and what was written by them goes to
 * the dead letters. It is mended, and they are replayed beside a stream, by processes that are
 * killed.
 */
class ReplayDeadLettersIT {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path RETAIL = Path.of("..", "conf", "retail").toAbsolutePath().normalize();

  /** Every date is files to write. The last one is still open. */
  private static final int DAYS = 6;

  private static final String TIDEMARK = "2010-12-05";
  private static final int LINES = 3_000;

  /** One in every build; more with {@code -Dtidemark.kills=40}. */
  private static final int KILLS = Integer.getInteger("tidemark.kills", 1);

  /** Milliseconds that a replay takes to start, and how long it is at work, about. */
  private static final int START = 8_000;

  private static final int WORK = 10_000;

  @TempDir private Path folder;
  private LocalStack stack;
  private LakeVerbs verbs;

  @BeforeEach
  void start() throws Exception {
    Files.createDirectories(lake());
    verbs = new LakeVerbs(folder, lake(), RETAIL);
    stack = LocalStack.tethered(lake(), RegistryChoice.FOLDER);
    EnvironmentFile.write(
        stack.environment().withPatience(Duration.ZERO), lake().resolve("environment.yaml"));
    PurchaseGenerator generator = new PurchaseGenerator(17, LINES, DAYS);
    generator.writePurchases(purchases());
    generator.writeProducts(folder.resolve("products.csv"));
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  void eachRecordBecomesAnEventOnceAndEveryNumberIsRight() throws Exception {
    verbs.send(folder.resolve("products.csv"), "products");
    verbs.send(purchases(), "purchases", "--duplicates=5%", "--corrupt=0.5%", "--seed=3");
    String ids = Files.readString(ids());
    forgetSchemas();
    verbs.fine("stream", "--once");

    Files.writeString(ids(), ids);
    long refused = refused(replayBesideAStream());
    verbs.fine("reconcile", "--view=sales_by_hour_country", "--all-closed");

    try (TestLake opened = TestLake.in(lake())) {
      opened.lake().register(opened.spark());
      PipelineTables tables = PipelineTables.open(opened.spark(), PipelineFile.read(RETAIL));
      assertThat(
              StatusReport.of(opened.spark(), tables, Optional.empty(), true, Instant.now())
                  .problems())
          .isEmpty();
      SalesTables sales = new SalesTables(opened.spark(), TIDEMARK);
      assertThat(sales.byHourAndCountry())
          .isEqualTo(SalesTables.through(TIDEMARK, Truth.byHourAndCountry(purchases())));
      long good = count(opened, "retail.events WHERE _landed_by IS NOT NULL");
      assertThat(good).isGreaterThanOrEqualTo(LINES);
      assertThat(
              count(
                  opened,
                  "(SELECT DISTINCT _topic_partition, _offset FROM retail.events WHERE _landed_by IS"
                      + " NOT NULL)"))
          .isEqualTo(good);
      assertThat(
              count(
                  opened,
                  "ops.dead_letters JOIN retail.events ON replayed_batch = _landed_batch AND"
                      + " replayed_by = split_part(_landed_by, '@', 2) AND offset = _offset AND"
                      + " partition = _topic_partition"))
          .as("each dead letter names its event")
          .isEqualTo(good);
      assertThat(count(opened, "ops.dead_letters WHERE replayed_at IS NULL"))
          .as("damaged records stay what they are")
          .isPositive()
          .isEqualTo(refused);
      assertThat(count(opened, "retail.products"))
          .isPositive()
          .isEqualTo(
              count(
                  opened,
                  "ops.dead_letters WHERE query = 'retail.land.products' AND replayed_at IS NOT"
                      + " NULL"));
    }
  }

  private static long refused(JsonNode replayed) {
    long all = 0;
    for (JsonNode table : replayed.path("tables")) {
      for (JsonNode reason : table.path("refused")) {
        all += reason.asLong();
      }
    }
    return all;
  }

  private static long count(TestLake opened, String from) {
    return opened.spark().sql("SELECT count(*) FROM " + from).head().getLong(0);
  }

  /** The stream reads all of them a second time, as somebody who had lost them sends them again. */
  private JsonNode replayBesideAStream() throws Exception {
    Random moments = new Random(5);
    verbs.send(purchases(), "purchases");
    try (LaunchedVerb stream = verbs.launch("stream")) {
      for (int kill = 0; kill < KILLS; kill++) {
        try (LaunchedVerb replay = verbs.launch("dead-letters", "replay")) {
          replay.endsWithin(START + moments.nextInt(WORK));
          replay.kill();
        }
      }
      JsonNode replayed = JSON.readTree(verbs.fine("dead-letters", "replay", "--json"));
      stream.terminate();
      assertThat(stream.exitCode()).as(stream::errors).isZero();
      verbs.fine("stream", "--once");
      return replayed;
    }
  }

  private void forgetSchemas() throws IOException {
    ObjectNode ids = (ObjectNode) JSON.readTree(ids().toFile());
    ids.properties().removeIf(id -> id.getValue().has("subject"));
    Files.writeString(ids(), ids.toString());
  }

  private Path ids() {
    return Path.of(stack.environment().registry()).resolve("ids.json");
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private Path purchases() {
    return folder.resolve("purchases.csv");
  }
}
