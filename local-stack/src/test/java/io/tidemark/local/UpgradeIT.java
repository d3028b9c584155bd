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
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * A lake that another version of Tidemark has streamed into, stopped and killed, goes on with this
 * one. That version is a work tree that was built: {@code -Dtidemark.before=/path/of/it}.
 */
@EnabledIfSystemProperty(named = UpgradeIT.BEFORE, matches = ".+")
class UpgradeIT {
  static final String BEFORE = "tidemark.before";
  private static final String TIDEMARK = "2010-12-29";
  private static final int LINES = 6_000;

  @TempDir private Path folder;
  private Path before;
  private LocalStack stack;
  private LakeVerbs verbs;

  @BeforeEach
  void start() throws Exception {
    before = Path.of(System.getProperty(BEFORE)).toAbsolutePath();
    Files.createDirectories(lake());
    // Its pipeline, as its users have it.
    verbs = new LakeVerbs(folder, lake(), before.resolve("conf/retail"));
    stack = LocalStack.tethered(lake(), RegistryChoice.AUTO);
    EnvironmentFile.write(stack.environment(), lake().resolve("environment.yaml"));
    PurchaseGenerator generator = new PurchaseGenerator(5, LINES);
    generator.writePurchases(purchases());
    generator.writeProducts(folder.resolve("products.csv"));
    verbs.send(folder.resolve("products.csv"), "products");
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  @Test
  void aLiveLakeOfTheVersionBeforeGoesOn() throws Exception {
    verbs.send(purchases(), "purchases", "--lines=2000");
    try (LaunchedVerb stream = before("stream")) {
      awaitBatches(stream, 1);
      stream.terminate();
      assertThat(stream.exitCode()).as(stream::errors).isZero();
    }
    try (LaunchedVerb reconcile = before("reconcile", "--all-views", "--all-closed")) {
      assertThat(reconcile.exitCode()).as(reconcile::errors).isZero();
    }
    verbs.send(purchases(), "purchases", "--lines=4000", "--corrupt=1%");
    try (LaunchedVerb stream = before("stream")) {
      awaitBatches(stream, 2);
      stream.kill();
    }

    try (LaunchedVerb stream = verbs.launch("stream")) {
      verbs.send(purchases(), "purchases", "--duplicates=5%");
      awaitBatches(stream, 3);
      stream.terminate();
      assertThat(stream.exitCode()).as(stream::errors).isEqualTo(ExitCode.FINE);
    }
    verbs.fine("stream", "--once");
    verbs.fine("reconcile", "--all-views", "--all-closed");

    assertThat(verbs.fine("status", "--recount", "--json")).contains("\"ledger_balanced\":true");
    try (TestLake opened = TestLake.in(lake())) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), TIDEMARK);
      assertThat(sales.byHourAndCountry())
          .isEqualTo(SalesTables.through(TIDEMARK, Truth.byHourAndCountry(purchases())));
      assertThat(sales.sliding())
          .isEqualTo(SalesTables.through(TIDEMARK, Truth.sliding(purchases())));
    }
  }

  private LaunchedVerb before(String... verb) {
    return LaunchedVerb.of(
        before.resolve("tidemark"),
        folder,
        Stream.concat(
                Stream.of(verb), Stream.of("--lake=" + lake(), "--pipeline=" + verbs.pipeline()))
            .toList());
  }

  private void awaitBatches(LaunchedVerb stream, int count) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              assertThat(stream.endsWithin(0)).as(stream::errors).isFalse();
              return verbs.hasRefreshed(count);
            });
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private Path purchases() {
    return folder.resolve("purchases.csv");
  }
}
