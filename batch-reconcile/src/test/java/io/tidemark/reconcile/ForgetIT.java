package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.max;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.forget.ForgetJob;
import io.tidemark.forget.ForgetReport;
import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.landing.ErasedRecords;
import io.tidemark.ops.Erased;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.Reconciliation;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.report.StatusReport;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.upkeep.MaintainJob;
import io.tidemark.upkeep.MaintainedTable;
import io.tidemark.view.validation.RowCondition;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What becomes of a person whose events are erased. */
class ForgetIT {
  private static final String ERIKA = "erika-mustermann";
  private static final RowCondition IS_ERIKA = RowCondition.of("shop = '" + ERIKA + "'");
  private static final List<String> HOLD_HER =
      List.of("till.events", "till.sales", "ops.drift", "ops.dead_letters");
  private static final DateChoice CLOSED = new DateChoice.AllClosed();
  private static final DateChoice DIRTY = new DateChoice.Dirty();

  @TempDir private Path folder;
  private TestLake lake;
  private Environment environment;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    environment =
        new Environment(
            "nobody:1",
            folder.resolve("registry").toUri(),
            lake.warehouse().toUri(),
            lake.checkpoints().toUri(),
            Map.of(),
            Map.of(),
            Map.of());
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /**
   * Of the data and of what the lake says of itself: both formats in every build; with {@code
   * -Dtidemark.forget=DELTA} or {@code ICEBERG} all in one, too, which takes a minute.
   */
  static Stream<Arguments> formats() {
    Stream<Arguments> always = Stream.of(Arguments.of(TableFormat.DELTA, TableFormat.ICEBERG));
    String more = System.getProperty("tidemark.forget");
    return more == null
        ? always
        : Stream.concat(
            always, Stream.of(Arguments.of(TableFormat.valueOf(more), TableFormat.valueOf(more))));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void onceItIsReconciledAndMaintainedNoFileHoldsWhatWasErased(
      TableFormat format, TableFormat operations) throws IOException {
    Till till = till(format, operations);
    Path state = checkpoint("state/0/0/1.delta", ERIKA);
    begun(till, "");
    // Drift of before, with her key.
    till.reconcile(CLOSED);
    assertThat(till.drift()).anyMatch(row -> row.contains(ERIKA));
    assertThat(bytes().in("till/events", "till/sales", "ops/drift", "ops/dead_letters"))
        .as("the search finds what is there")
        .containsOnly(true);
    assertThat(recounted(till)).isEmpty();

    erasing(till);
    assertThat(recounted(till)).isEmpty();
    ForgetReport tried = forget(till).tried(IS_ERIKA, Optional.empty());
    assertThat(till.dirty()).isEmpty();
    ForgetReport erased =
        forget(till).forget(IS_ERIKA, Optional.of("sales"), "request 77", "me", Optional.empty());

    ErasedRecords found = erased.tables().get("till.events");
    assertThat(tried.tables().get("till.events").events()).isEqualTo(2);
    assertThat(found.finished()).isEqualTo(1);
    assertThat(found.events()).isEqualTo(1);
    assertThat(found.dates()).containsExactly(Till.FIRST);
    assertThat(found.deadLetters()).isEqualTo(1);
    assertThat(found.unreadable()).isEqualTo(1);
    assertThat(found.landing()).isEqualTo(1);
    assertThat(recounted(till)).isEmpty();
    assertThat(till.dirty()).containsExactly(Till.FIRST);
    assertThat(erased.dirty())
        .extracting(date -> date.view() + " " + date.date())
        .containsExactly("sales 2011-01-01");
    assertThat(till.dates().get(Till.FIRST).change().orElseThrow().reason()).isEqualTo("erased");
    assertThat(erased.text()).contains("reconcile --view sales").doesNotContain(ERIKA);
    assertThat(runs(till)).contains("request 77").contains("\"me\"").doesNotContain(ERIKA);
    assertThat(till.drift()).noneMatch(row -> row.contains(ERIKA)).isNotEmpty();

    assertThat(till.reconcile(DIRTY).findings().causes()).isEqualTo(Map.of("erased", 1L));

    assertThat(till.shown())
        .containsExactly(
            "2011-01-01T10:00:00Z north 1 3",
            "2011-01-02T10:00:00Z erika-mustermann 1 7",
            "2011-01-02T10:00:00Z north 1 4");
    assertThat(till.drift())
        .noneMatch(row -> row.contains(ERIKA))
        .contains("erased | * | null | null | erased");
    assertThat(till.dirty()).isEmpty();
    maintain(till);
    assertThat(state).as("a stream that runs on").exists();
    begun(till, "generations/1/");
    // The one that was landing is not hers to keep: it is erased once it is in the ledger.
    ledger(till, new LedgerSpan("sales", 0, 6, 7, 1, 0, 0), 1);
    assertThat(
            forget(till)
                .forget(IS_ERIKA, Optional.empty(), "request 77", "me", Optional.empty())
                .tables()
                .get("till.events")
                .events())
        .isEqualTo(1);
    begun(till, "generations/2/");
    till.reconcile(CLOSED);
    age("till/sales");
    maintain(till);
    assertThat(bytes().found()).isEmpty();
    assertThat(state).doesNotExist();
    assertThat(recounted(till)).isEmpty();
    assertThat(till.dirty()).isEmpty();
  }

  @Test
  void aConditionOnAColumnThatNoEventsTableHasIsRefused() {
    Till till = Till.allIn(lake, TableFormat.ICEBERG, Till.SQL.formatted("'1 hour'"));

    assertThatThrownBy(() -> forget(till).tried(RowCondition.of("shoop = 'x'"), Optional.empty()))
        .isInstanceOf(WrongUsageException.class)
        .hasMessageContaining("till.events: A column")
        .hasMessageContaining("`shoop`");
    assertThatThrownBy(() -> forget(till).tried(IS_ERIKA, Optional.of("other")))
        .isInstanceOf(WrongUsageException.class)
        .hasMessage("Unknown topic 'other'. The topics of the events of pipeline till are: sales.");
    for (String constant :
        List.of("\"shop\" = 'x'", "lower(\"shop\") IN ('x')", "amount > 1 AND \"shop\" <> 'x'")) {
      assertThatThrownBy(() -> forget(till).tried(RowCondition.of(constant), Optional.empty()))
          .as(constant)
          .isInstanceOf(WrongUsageException.class)
          .hasMessageContaining("names no column");
    }
    assertThat(RowCondition.of("shop IN (SELECT 1)").refusal()).isPresent();
    assertThat(RowCondition.of("rand() < 1").refusal()).isPresent();
    assertThat(RowCondition.of("shop =").refusal()).isPresent();
  }

  /**
   * The clock is asked for when drift was found, after the events were read and before the drift is
   * kept: in that moment they are erased.
   */
  @Test
  void aReconciliationThatHasReadErasedEventsKeepsNeitherTheirKeysNorValues() throws IOException {
    Till till = till(TableFormat.ICEBERG, TableFormat.ICEBERG);
    List<Instant> asked = new ArrayList<>();
    reconcile(till, at -> asked.add(at));
    assertThat(till.drift()).anyMatch(row -> row.contains(ERIKA));
    int found = asked.indexOf(foundAt(till));
    assertThat(found).isPositive();

    asked.clear();
    reconcile(
        till,
        at -> {
          asked.add(at);
          if (asked.size() == found + 1) {
            forget(till).forget(IS_ERIKA, Optional.empty(), "request 78", "me", Optional.empty());
          }
        });

    assertThat(asked).hasSizeGreaterThan(found);
    assertThat(till.drift()).isNotEmpty().noneMatch(row -> row.contains(ERIKA));
  }

  @Test
  void noIdOfAnErasedEventIsQuotedAsAConflict() {
    Till till =
        Till.allIn(lake, TableFormat.ICEBERG, Till.SQL.formatted("'1 hour'"))
            .deliver("a", "2011-01-01T10:05:00Z", ERIKA, 3)
            .deliver("a", "2011-01-01T10:05:00Z", ERIKA, 4)
            .deliver("b", "2011-01-05T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-05T10:05:00Z", "north", 4)
            .land();
    ledger(till, new LedgerSpan("sales", 0, 0, 4, 4, 0, 0), 0);
    till.refresh(null, "2011-01-06T00:00:00Z").reconcile(CLOSED);
    assertThat(till.status().conflicts()).hasSize(2);

    forget(till).forget(IS_ERIKA, Optional.empty(), "request 79", "me", Optional.empty());

    assertThat(till.status().conflicts())
        .extracting(Reconciliation.Example::eventId)
        .containsExactly("b");
  }

  /** Each moment is another one, of microseconds as the lake keeps them. */
  private void reconcile(Till till, Consumer<Instant> told) {
    AtomicLong micros = new AtomicLong();
    Instant start = Instant.now().truncatedTo(ChronoUnit.MICROS);
    InstantSource source =
        () -> {
          Instant now = start.plus(micros.incrementAndGet(), ChronoUnit.MICROS);
          told.accept(now);
          return now;
        };
    new ReconcileJob(
            lake.spark(),
            till.tables(),
            source.withZone(ZoneOffset.UTC),
            () -> {},
            Optional.empty())
        .reconcile(List.of("sales"), CLOSED, true);
  }

  private Instant foundAt(Till till) {
    return till.tables()
        .operations()
        .drift()
        .read(lake.spark())
        .agg(max("found_at"))
        .head()
        .getTimestamp(0)
        .toInstant();
  }

  /** As a run leaves it that is killed after the first of its three writes. */
  private void erasing(Till till) {
    till.tables()
        .operations()
        .erased()
        .record(
            lake.spark()
                .sql(
                    """
                    SELECT 'event' AS was, 'sales' AS topic, 0 AS partition, 1L AS offset, 0L AS landed_batch,
                    date'2011-01-01' AS date"""),
            "till",
            "till.events",
            new Erased.By("killed", "request 76", "me", Instant.now()),
            new Commit("till.forget.events", 0));
  }

  /**
   * Two dates of Erika's and another shop's; she has dead letters, too, and an event that lands.
   */
  private Till till(TableFormat format, TableFormat operations) throws IOException {
    Till till =
        Till.in(lake, format, operations, Till.SQL.formatted("'1 hour'"))
            .publishing()
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .deliver("b", "2011-01-01T10:06:00Z", ERIKA, 5)
            .deliver("c", "2011-01-01T10:07:00Z", ERIKA, 6)
            .deliver("d", "2011-01-02T10:05:00Z", "north", 4)
            .land();
    ledger(till, new LedgerSpan("sales", 0, 0, 6, 4, 2, 0), 0);
    till.deadLetter(4, encoded(), "max-future").deadLetter(5, new byte[] {9}, "bad-magic");
    till.refresh(null, "2011-01-03T00:00:00Z")
        .show(
            Till.row("2011-01-01T10:00:00Z", "north", 1, 3),
            Till.row("2011-01-01T10:00:00Z", ERIKA, 1, 5),
            Till.row("2011-01-02T10:00:00Z", "north", 1, 4))
        .offset(6)
        .deliver("e", "2011-01-02T10:07:00Z", ERIKA, 7)
        .land();
    return till;
  }

  private byte[] encoded() throws IOException {
    int id = SchemaRegistry.at(environment.registry()).register("sales", TillTables.SALE);
    GenericRecord sale = new GenericData.Record(TillTables.SALE);
    sale.put("event_id", "x");
    sale.put("event_time", Instant.parse("2041-01-01T00:00:00Z").toEpochMilli() * 1000);
    sale.put("shop", ERIKA);
    sale.put("amount", 1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(new byte[] {0, 0, 0, 0, (byte) id});
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(TillTables.SALE).write(sale, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private void ledger(Till till, LedgerSpan span, long batch) {
    till.tables()
        .operations()
        .ledger()
        .append(
            lake.spark(),
            "till",
            List.of(span),
            Instant.now(),
            new Commit("till.land.events", batch));
  }

  private ForgetJob forget(Till till) {
    return new ForgetJob(lake.spark(), till.tables(), environment, Clock.systemUTC());
  }

  private List<String> recounted(Till till) {
    return StatusReport.of(lake.spark(), till.tables(), Optional.empty(), true, Instant.now())
        .problems();
  }

  private String runs(Till till) {
    return till.tables().operations().runs().list(lake.spark(), "forget", "till").toString();
  }

  private Path checkpoint(String name, String text) throws IOException {
    Path file = lake.checkpoints().resolve("till/refresh/sales").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  /** A stream that has read all there is. */
  private void begun(Till till, String generation) throws IOException {
    checkpoint(
        generation + "offsets/0",
        "v1\n{}\n{\"reservoirVersion\":999,\"snapshot_id\":%d}"
            .formatted(till.view().events().version()));
    checkpoint(generation + "commits/0", "v1");
  }

  /** As if its commits were minutes apart: Delta cleans its log by the minute. */
  private void age(String table) throws IOException {
    Path log = lake.warehouse().resolve(table).resolve("_delta_log");
    if (Files.exists(log)) {
      Instant start = Instant.now().minus(Duration.ofHours(1));
      try (Stream<Path> files = Files.list(log)) {
        for (Path file :
            files.filter(each -> each.getFileName().toString().matches("\\d{20}.*")).toList()) {
          int version = Integer.parseInt(file.getFileName().toString().substring(0, 20));
          Files.setLastModifiedTime(
              file, FileTime.from(start.plus(Duration.ofMinutes(2L * version))));
        }
      }
    }
  }

  /** By a clock by which all that there is now is older than what is kept. */
  private void maintain(Till till) {
    MaintainJob job =
        new MaintainJob(
            lake.spark(),
            till.tables(),
            environment,
            Clock.offset(Clock.systemUTC(), Duration.ofHours(3)),
            "run",
            100);
    try (Lease lease =
        Lease.take(
                Pins.upkeep(environment, lake.spark().sparkContext().hadoopConfiguration())
                    .at("lease"),
                "test")
            .orElseThrow()) {
      List<MaintainedTable> hers =
          job.tables().stream().filter(table -> HOLD_HER.contains(table.name())).toList();
      assertThat(job.maintain(hers, lease, () -> true))
          .allSatisfy(action -> assertThat(action.outcome()).as("%s", action).isEqualTo("done"));
    }
  }

  private LakeBytes bytes() {
    return new LakeBytes(folder, ERIKA);
  }
}
