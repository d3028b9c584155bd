package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.purchases.Measures;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills the application, over and over, and asks afterwards whether anything is lost or there
 * twice.
 */
class CrashIT {
  private static final long LINES = 12_000;
  private static final int STREAM_KILLS = 20;
  private static final int RECONCILE_KILLS = 5;

  @TempDir private Path folder;
  private Path pipeline;
  private LocalStack stack;

  @BeforeEach
  void fillTheTopic() throws Exception {
    Files.createDirectories(lake());
    pipeline = inSmallBatches();
    stack = LocalStack.tethered(lake(), RegistryChoice.AUTO);
    EnvironmentFile.write(stack.environment(), lake().resolve("environment.yaml"));
    PurchaseGenerator generator = new PurchaseGenerator(11, LINES);
    generator.writePurchases(purchases());
    generator.writeProducts(folder.resolve("products.csv"));
    replay(folder.resolve("products.csv"), "products");
    replay(
        purchases(),
        "purchases",
        "--duplicates=5%",
        "--delayed=3%",
        "--corrupt=0.5%",
        "--future=0.5%");
  }

  @AfterEach
  void stop() {
    stack.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void killedAnywhereItLosesNothingAndKeepsNothingTwice(boolean forgettingItsLastCommits)
      throws Exception {
    Random moments = new Random(forgettingItsLastCommits ? 2 : 1);
    for (int kill = 0; kill < STREAM_KILLS; kill++) {
      try (LaunchedVerb stream = verb("stream")) {
        boolean ended = stream.endsWithin(4_000 + moments.nextInt(8_000));
        assertThat(ended).as(stream::errors).isFalse();
        stream.kill();
      }
      if (forgettingItsLastCommits) {
        deleteLastCommits();
      }
    }
    assertFine("stream", "--once");
    for (int kill = 0; kill < RECONCILE_KILLS; kill++) {
      try (LaunchedVerb reconcile = verb("reconcile", "--all-views", "--all-closed")) {
        reconcile.endsWithin(4_000 + moments.nextInt(10_000));
        reconcile.kill();
      }
    }
    assertFine("reconcile", "--all-views", "--all-closed");

    String status = assertFine("status", "--recount", "--json");
    assertThat(status).contains("\"ledger_balanced\":true");
    try (TestLake opened = TestLake.in(lake())) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), "2010-12-29");
      assertThat(sales.byHourAndCountry()).isEqualTo(closed(Truth.byHourAndCountry(purchases())));
      assertThat(sales.sliding()).isEqualTo(closed(Truth.sliding(purchases())));
    }
  }

  private static Map<String, Measures> closed(Map<String, Measures> truth) {
    return SalesTables.through("2010-12-29", truth);
  }

  private String assertFine(String... verb) throws InterruptedException {
    try (LaunchedVerb launched = verb(verb)) {
      assertThat(launched.exitCode()).as(launched::errors).isZero();
      return launched.output();
    }
  }

  private LaunchedVerb verb(String... verb) {
    List<String> all = new ArrayList<>(List.of(verb));
    all.add("--lake=" + lake());
    all.add("--pipeline=" + pipeline);
    return LaunchedVerb.start(folder, all);
  }

  private void replay(Path input, String topic, String... trouble) throws InterruptedException {
    List<String> replay = new ArrayList<>(List.of("replay", "--seed=3"));
    replay.add("--input=" + input);
    replay.add("--topic=" + topic);
    replay.addAll(List.of(trouble));
    assertFine(replay.toArray(String[]::new));
  }

  private void deleteLastCommits() throws IOException {
    try (var folders = Files.walk(lake().resolve("checkpoints"))) {
      for (Path commits : folders.filter(path -> path.endsWith("commits")).toList()) {
        Optional<Path> last;
        try (var files = Files.list(commits)) {
          last =
              files
                  .filter(file -> file.getFileName().toString().matches("\\d+"))
                  .max(
                      Comparator.comparingLong(
                          file -> Long.parseLong(file.getFileName().toString())));
        }
        if (last.isPresent()) {
          Files.delete(last.get());
          Files.deleteIfExists(commits.resolve("." + last.get().getFileName() + ".crc"));
        }
      }
    }
  }

  private Path inSmallBatches() throws IOException {
    return RetailCopy.in(
        folder.resolve("conf"),
        text -> text.replace("max-records-per-batch: 100000", "max-records-per-batch: 400"));
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private Path purchases() {
    return folder.resolve("purchases.csv");
  }
}
