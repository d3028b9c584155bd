package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.purchases.Measures;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the application, over and over, lets one sleep meanwhile that wakes up when others have
 * gone on, and asks afterwards whether anything is lost or there twice.
 */
class StreamKilledIT {
  private static final Path RETAIL = Path.of("..", "conf", "retail").toAbsolutePath().normalize();
  private static final long LINES = 6_000;

  /**
   * After every second one, and after the only one, the last commits are forgotten. Each costs the
   * start of an application: one in every build, twenty seeds with {@code -Dtidemark.kills=40}.
   */
  private static final int STREAM_KILLS = Integer.getInteger("tidemark.kills", 1);

  /** So few that something is left to land until the last kill. */
  private static final int RECORDS_PER_BATCH = 1_500 / STREAM_KILLS;

  private static final int RECONCILE_KILLS = Math.max(1, STREAM_KILLS / 4);

  private static final long SEED = 20;

  /** Milliseconds within which a batch of every query ends. */
  private static final int MOMENTS = 4_000;

  /** Milliseconds before a reconciliation has anything to lose. */
  private static final int RECONCILE_START = 5_000;

  private static final Duration IDLE = Duration.ofSeconds(40);

  /** Every date is files to write. The last one is still open. */
  private static final int DAYS = 6;

  private static final String TIDEMARK = "2010-12-05";

  @TempDir private Path folder;
  private LocalStack stack;
  private LakeVerbs verbs;

  /** The first start after a build prepares fast ones, for longer than a killed stream lives. */
  @BeforeEach
  void prepareFastStarts() throws Exception {
    try (LaunchedVerb first = LaunchedVerb.start(folder, List.of("--help"))) {
      assertThat(first.exitCode()).as(first::errors).isZero();
    }
  }

  @BeforeEach
  void fillTheTopic() throws Exception {
    Files.createDirectories(lake());
    verbs = new LakeVerbs(folder, lake(), inSmallBatches());
    stack = LocalStack.tethered(lake(), RegistryChoice.AUTO);
    EnvironmentFile.write(
        stack.environment().withPatience(Duration.ofSeconds(1)),
        lake().resolve("environment.yaml"));
    PurchaseGenerator generator = new PurchaseGenerator(11, LINES, DAYS);
    generator.writePurchases(purchases());
    generator.writeProducts(folder.resolve("products.csv"));
    send(folder.resolve("products.csv"), "products");
    send(purchases(), "purchases", "--lines=100");
    // The dimension is landed before anything is killed, and in one batch, or else it alone would
    // be.
    new LakeVerbs(folder, lake(), RETAIL).fine("stream", "--once");
    send(
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

  @Test
  void killedAnywhereItLosesNothingAndKeepsNothingTwice() throws Exception {
    try (LaunchedVerb asleep = verbs.launch("stream")) {
      awaitWork(asleep);
      asleep.signal("STOP");
      silence();
      killStreams();
      asleep.signal("CONT");
      assertThat(asleep.endsWithin(IDLE.toMillis())).as(asleep::errors).isTrue();
      assertThat(asleep.exitCode()).as(asleep::errors).isEqualTo(ExitCode.FAILED);
      assertThat(asleep.errors()).contains("another one has taken over its checkpoints");
    }
    verbs.fine("stream", "--once");
    Random moments = new Random(SEED);
    for (int kill = 0; kill < RECONCILE_KILLS; kill++) {
      try (LaunchedVerb reconcile = verbs.launch("reconcile", "--all-views", "--all-closed")) {
        reconcile.endsWithin(RECONCILE_START + moments.nextInt(MOMENTS * 4));
        reconcile.kill();
      }
    }
    verbs.fine("reconcile", "--all-views", "--all-closed");

    String status = verbs.fine("status", "--recount", "--json");
    assertThat(status).contains("\"ledger_balanced\":true");
    try (TestLake opened = TestLake.in(lake())) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), TIDEMARK);
      assertThat(sales.byHourAndCountry()).isEqualTo(closed(Truth.byHourAndCountry(purchases())));
      assertThat(sales.sliding()).isEqualTo(closed(Truth.sliding(purchases())));
    }
  }

  private void killStreams() throws Exception {
    for (int kill = 0; kill < STREAM_KILLS; kill++) {
      Random moments = new Random(SEED + kill / 2);
      try (LaunchedVerb stream = verbs.launch("stream")) {
        awaitWork(stream);
        assertThat(stream.endsWithin(moments.nextInt(MOMENTS))).as(stream::errors).isFalse();
        stream.kill();
      }
      if (kill % 2 == 1 || STREAM_KILLS == 1) {
        deleteLastCommits();
      }
    }
  }

  /** As if the process that has the lease ran elsewhere, and had not been heard of for long. */
  private void silence() throws IOException {
    try (var files = Files.list(lake().resolve("checkpoints/retail/lease"))) {
      Path lease =
          files
              .filter(file -> file.getFileName().toString().matches("\\d+"))
              .findAny()
              .orElseThrow();
      // What Hadoop keeps beside it is of the text that it wrote.
      Files.deleteIfExists(lease.resolveSibling(".%s.crc".formatted(lease.getFileName())));
      Files.writeString(lease, "an application elsewhere");
      Files.setLastModifiedTime(lease, FileTime.from(Instant.now().minusSeconds(1_000)));
    }
  }

  /**
   * Until it has planned a batch that no run before it has, and so has something to lose; or has
   * found, in as long as it takes to start, that nothing is left to do.
   */
  private void awaitWork(LaunchedVerb stream) {
    long planned = planned();
    long deadline = System.nanoTime() + IDLE.toNanos();
    Awaitility.await()
        .atMost(IDLE.multipliedBy(2))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () -> {
              assertThat(stream.endsWithin(0)).as(stream::errors).isFalse();
              return planned() > planned || System.nanoTime() > deadline;
            });
  }

  /** Batches of all queries together. */
  private long planned() {
    return folders("offsets").stream().mapToLong(offsets -> last(offsets).orElse(-1) + 1).sum();
  }

  private static Map<String, Measures> closed(Map<String, Measures> truth) {
    return SalesTables.through(TIDEMARK, truth);
  }

  private void send(Path input, String topic, String... trouble) {
    verbs.send(
        input,
        topic,
        Stream.concat(Stream.of("--seed=3"), Stream.of(trouble)).toArray(String[]::new));
  }

  private void deleteLastCommits() throws IOException {
    for (Path commits : folders("commits")) {
      OptionalLong last = last(commits);
      if (last.isPresent()) {
        Files.delete(commits.resolve(Long.toString(last.getAsLong())));
        Files.deleteIfExists(commits.resolve(".%d.crc".formatted(last.getAsLong())));
      }
    }
  }

  private List<Path> folders(String name) {
    if (!Files.exists(lake().resolve("checkpoints"))) {
      return List.of();
    }
    try (var all = Files.walk(lake().resolve("checkpoints"), 4)) {
      return all.filter(path -> path.endsWith(name)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static OptionalLong last(Path log) {
    try (var files = Files.list(log)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(Long::parseLong)
          .max();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path inSmallBatches() throws IOException {
    return RetailCopy.in(folder.resolve("conf"))
        .change(
            "pipeline.yaml",
            text ->
                text.replace(
                    "max-records-per-batch: 100000", "max-records-per-batch: " + RECORDS_PER_BATCH))
        .folder();
  }

  private Path lake() {
    return folder.resolve("lake");
  }

  private Path purchases() {
    return folder.resolve("purchases.csv");
  }
}
