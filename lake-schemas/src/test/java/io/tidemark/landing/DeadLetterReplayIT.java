package io.tidemark.landing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.Erased;
import io.tidemark.ops.LedgerBalance;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.Operations;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Records whose schema the registry learns of when they are dead letters already. */
class DeadLetterReplayIT {
  private static final Instant NOW = Instant.parse("2011-03-04T05:06:07Z");
  private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);
  private static final String TOPIC = "clicks";
  private static final LandingQuery QUERY = new LandingQuery("web", "events");
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp TIMESTAMP,"
              + " timestampType INT");
  private static final Column ALL = lit(true);

  /** That are dead letters, of which several replays take half at a time. */
  private static final int RECORDS = 12;

  /** The second schema of a registry that has one so far. */
  private static final int UNKNOWN = 2;

  @TempDir private Path folder;
  private TestLake lake;
  private int known;
  private long batch;
  private Duration maxFuture = Duration.ofDays(1);

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    known = registry().register(TOPIC, Click.SCHEMA);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private SchemaRegistry registry() {
    return SchemaRegistry.at(folder.resolve("registry").toUri());
  }

  private void mendTheRegistry() {
    assertThat(registry().register("later", Click.SCHEMA)).isEqualTo(UNKNOWN);
  }

  @ParameterizedTest
  @EnumSource
  void aRecordThatIsGoodNowIsAnEventOnceAndItsDeadLetterSaysSo(TableFormat format) {
    land(format, click(known, "a", 0), click(UNKNOWN, "b", 1), record(new byte[] {9}, 2));
    land(format, click(UNKNOWN, "c", 3));
    mendTheRegistry();

    ReplayedRecords first = replay(format, CLOCK, "run1").replay(ALL);
    ReplayedRecords second = replay(format, CLOCK, "run2").replay(ALL);

    assertThat(first.landed()).isEqualTo(2);
    assertThat(first.refused()).isEqualTo(Map.of("bad-magic", 1L));
    assertThat(first.dates()).containsExactly(LocalDate.parse("2011-03-04"));
    assertThat(second.landed()).isZero();
    assertThat(second.refused()).isEqualTo(Map.of("bad-magic", 1L));
    assertThat(landed(format))
        .containsExactly(
            "a 0 0 null", "b 1 2 web.replay.events@run1", "c 3 2 web.replay.events@run1");
    assertThat(deadLetters(format))
        .containsExactly("1 run1 2 true", "2 null null false", "3 run1 2 true");
    LedgerBalance balance = balance(format);
    assertThat(balance.problems()).isEmpty();
    assertThat(balance.losses()).isEmpty();
    assertThat(balance.totals()).containsExactly(new LedgerSpan(TOPIC, 0, 0, 4, 3, 1, 0));
    assertThat(balance.replays()).isEqualTo(Map.of(QUERY.replay(), Set.of(2L)));
  }

  @Test
  void theStreamGoesOnAboveTheNumbersOfReplays() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(UNKNOWN, "a", 0));
    mendTheRegistry();
    replay(format, CLOCK, "run1").replay(ALL);

    land(format, click(known, "b", 1));
    land(format, click(known, "c", 2));

    assertThat(landed(format))
        .containsExactly("a 0 1 web.replay.events@run1", "b 1 2 null", "c 2 3 null");
    assertThat(operations(format).ledger().lastNumber(lake.spark(), QUERY.all())).hasValue(3);
    assertThat(balance(format).problems()).isEmpty();
  }

  /** The clock is asked when records are decoded, then for the marks, then for the ledger. */
  @ParameterizedTest
  @CsvSource({"ICEBERG, 2", "ICEBERG, 3"})
  void whoeverComesAfterOneThatWasKilledEndsWhatItBegan(TableFormat format, int killedAt) {
    land(format, click(UNKNOWN, "a", 0), click(UNKNOWN, "b", 1));
    mendTheRegistry();
    DeadLetterReplay killed =
        replay(format, new InterruptedClock(killedAt, DeadLetterReplayIT::kill), "killed");
    assertThatThrownBy(() -> killed.replay(ALL)).hasMessage("killed");

    ReplayedRecords after = replay(format, CLOCK, "next").replay(ALL);

    assertThat(after).isEqualTo(ReplayedRecords.recorded(2));
    assertThat(landed(format))
        .containsExactly("a 0 1 web.replay.events@killed", "b 1 1 web.replay.events@killed");
    assertThat(deadLetters(format)).containsExactly("0 killed 1 true", "1 killed 1 true");
    assertThat(balance(format).problems()).isEmpty();
    assertThat(balance(format).totals()).containsExactly(new LedgerSpan(TOPIC, 0, 0, 2, 2, 0, 0));
  }

  @ParameterizedTest
  @EnumSource
  void severalAtOnceBesideAStreamLandEachRecordOnce(TableFormat format) {
    Row[] records =
        LongStream.range(0, RECORDS)
            .mapToObj(offset -> click(UNKNOWN, "e" + offset, offset))
            .toArray(Row[]::new);
    land(format, records);
    mendTheRegistry();
    List<CompletableFuture<ReplayedRecords>> replays = new ArrayList<>();
    for (String run : List.of("one", "other")) {
      DeadLetterReplay replay = replay(format, CLOCK, run, RECORDS / 2);
      replays.add(CompletableFuture.supplyAsync(() -> replay.replay(ALL)));
    }

    int beside = 0;
    while (beside++ < 3 && !replays.stream().allMatch(CompletableFuture::isDone)) {
      land(format, click(known, "s" + batch, RECORDS - 1 + batch));
    }

    assertThat(replays.stream().mapToLong(replay -> replay.join().landed()).sum())
        .isEqualTo(RECORDS);
    assertThat(events(format).read(lake.spark()).select("_offset").distinct().count())
        .isEqualTo(events(format).read(lake.spark()).count())
        .isEqualTo(RECORDS - 1 + batch);
    assertThat(deadLetters(format)).hasSize(RECORDS).allMatch(letter -> letter.endsWith(" true"));
    assertThat(balance(format).problems()).isEmpty();
    assertThat(balance(format).totals())
        .containsExactly(
            new LedgerSpan(TOPIC, 0, 0, RECORDS - 1 + batch, RECORDS - 1 + batch, 0, 0));
  }

  /** The clock is asked when records have been chosen: the other one lands them in that moment. */
  @Test
  void whoeverIsOvertakenByAnotherReplayChoosesAgain() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(UNKNOWN, "a", 0), click(UNKNOWN, "b", 1));
    mendTheRegistry();
    DeadLetterReplay faster = replay(format, CLOCK, "faster");
    Clock overtaken = new InterruptedClock(1, () -> faster.replay(ALL));

    ReplayedRecords slower = replay(format, overtaken, "slower").replay(ALL);

    assertThat(slower).isEqualTo(ReplayedRecords.none(0));
    assertThat(landed(format))
        .containsExactly("a 0 1 web.replay.events@faster", "b 1 1 web.replay.events@faster");
    assertThat(balance(format).totals()).containsExactly(new LedgerSpan(TOPIC, 0, 0, 2, 2, 0, 0));
  }

  @Test
  void whatIsTriedChangesNothing() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(UNKNOWN, "a", 0), record(null, 1), click(UNKNOWN, "b", 2));
    mendTheRegistry();
    long events = events(format).version();
    long dead = operations(format).deadLetters().version();

    ReplayedRecords tried =
        replay(format, CLOCK, "run", 2).tried(col("reason").equalTo("unknown-schema-id"));

    assertThat(tried.landed()).isEqualTo(2);
    assertThat(tried.refused()).isEmpty();
    assertThat(events(format).version()).isEqualTo(events);
    assertThat(operations(format).deadLetters().version()).isEqualTo(dead);
  }

  /** A process that was suspended while another one of the same stream went on. */
  @Test
  void aStreamThatIsBehindItselfMakesNoDeadLetterOfWhatHasLanded() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(UNKNOWN, "a", 0));
    mendTheRegistry();
    replay(format, CLOCK, "run").replay(ALL);
    land(format, click(known, "b", 1));
    land(format, click(known, "c", 2));
    batch = 1;

    assertThatThrownBy(() -> land(format, click(known, "b", 1)))
        .hasMessage(
            "Cannot land batch 1 of web.land.events: another process of this stream has gone on to"
                + " batch 2. Stop one of the two.");
    assertThat(deadLetters(format)).hasSize(1);
  }

  @Test
  void aRecordOfABatchThatIsLandingIsLeftToTheStream() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(known, "a", 0));
    DeadLetters deadLetters = new DeadLetters(operations(format).deadLetters(), "web", NOW);
    new EventsTable(events(format), format())
        .write(
            lake.spark().createDataFrame(List.of(click(UNKNOWN, "b", 1)), COLUMNS),
            1,
            new Commit(QUERY.stream(), 1),
            deadLetters);
    mendTheRegistry();

    assertThat(replay(format, CLOCK, "run").replay(ALL)).isEqualTo(ReplayedRecords.none(0));
  }

  /** A run of {@code forget} has recorded it, and was killed before it deleted it. */
  @Test
  void whatIsToBeErasedIsNotReplayed() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(UNKNOWN, "a", 0), click(UNKNOWN, "b", 1));
    mendTheRegistry();
    operations(format)
        .erased()
        .record(
            lake.spark()
                .sql(
                    "SELECT 'dead-letter' AS was, 'clicks' AS topic, 0 AS partition, 0L AS offset,"
                        + " 0L AS landed_batch, CAST(NULL AS DATE) AS date"),
            "web",
            "web.events",
            new Erased.By("killed", "request 77", "me", NOW),
            new Commit(QUERY.forget(), 0));

    assertThat(replay(format, CLOCK, "run").replay(ALL).landed()).isEqualTo(1);
    assertThat(landed(format)).containsExactly("b 1 1 web.replay.events@run");
  }

  @Test
  void aTopicThatWasMadeAgainMakesRecordsOfOneOffsetThatAreLeftAlone() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, click(UNKNOWN, "a", 0), click(UNKNOWN, "b", 1));
    land(format, click(UNKNOWN, "c", 1));
    mendTheRegistry();

    ReplayedRecords replayed = replay(format, CLOCK, "run").replay(ALL);

    assertThat(replayed.landed()).isEqualTo(1);
    assertThat(replayed.ambiguous()).isEqualTo(2);
    assertThat(landed(format)).containsExactly("a 0 2 web.replay.events@run");
  }

  @Test
  void aTimeThatTheMendedPipelineTakesLands() {
    TableFormat format = TableFormat.ICEBERG;
    land(format, record(Click.encoded(known, "early", NOW.plus(Duration.ofDays(3))), 0));
    assertThat(replay(format, CLOCK, "run1").replay(ALL).refused())
        .isEqualTo(Map.of("max-future", 1L));
    maxFuture = Duration.ofDays(4);

    ReplayedRecords later = replay(format, CLOCK, "run2").replay(ALL);

    assertThat(later.landed()).isEqualTo(1);
    assertThat(later.dates()).containsExactly(LocalDate.parse("2011-03-07"));
  }

  @ParameterizedTest
  @EnumSource
  void aLakeOfTheVersionBeforeGoesOn(TableFormat format) {
    Commit first = new Commit(QUERY.stream(), 0);
    LakeTable before = lake.lake().create(less(eventsDefinition(format), "_landed_by"));
    before.append(
        selected(
            before,
            "'a' AS event_id",
            "timestamp'2011-03-04 05:06:07' AS event_time",
            "'clicks' AS _topic",
            "0 AS _topic_partition",
            "0L AS _offset",
            "timestamp'2011-03-04 05:06:07' AS _timestamp",
            "0L AS _landed_batch",
            "1 AS _schema_id",
            "date'2011-03-04' AS date"),
        first);
    LakeTable dead =
        lake.lake()
            .create(
                less(
                    Operations.DEAD_LETTERS.table(format),
                    "replayed_at",
                    "replayed_by",
                    "replayed_batch"));
    byte[] bytes = Click.encoded(UNKNOWN, "b", NOW);
    dead.append(
        selected(
            dead,
            "'web' AS pipeline",
            "'web.land.events' AS query",
            "0L AS batch",
            "'clicks' AS topic",
            "0 AS partition",
            "1L AS offset",
            "timestamp'2011-03-04 05:06:07' AS timestamp",
            "X'%s' AS value".formatted(HexFormat.of().formatHex(bytes)),
            "'schema' AS stage",
            "'unknown-schema-id' AS reason",
            "timestamp'2011-03-04 05:06:07' AS landed_at"),
        first);
    LakeTable ledger =
        lake.lake().create(less(Operations.LEDGER.table(format), "landed_batch", "replayed"));
    ledger.append(
        selected(
            ledger,
            "'web' AS pipeline",
            "'web.land.events' AS query",
            "0L AS batch",
            "'clicks' AS topic",
            "0 AS partition",
            "0L AS from_offset",
            "2L AS until_offset",
            "1L AS events",
            "1L AS dead_letters",
            "0L AS missing",
            "timestamp'2011-03-04 05:06:07' AS landed_at"),
        first);
    mendTheRegistry();
    batch = 1;

    assertThat(replay(format, CLOCK, "run").replay(ALL).landed()).isEqualTo(1);
    land(format, click(known, "c", 2));

    assertThat(landed(format))
        .containsExactly("a 0 0 null", "b 1 1 web.replay.events@run", "c 2 2 null");
    assertThat(deadLetters(format)).containsExactly("1 run 1 true");
    assertThat(balance(format).problems()).isEmpty();
    assertThat(balance(format).totals()).containsExactly(new LedgerSpan(TOPIC, 0, 0, 3, 3, 0, 0));
  }

  private static TableDefinition less(TableDefinition table, String... columns) {
    List<StructField> left =
        Arrays.stream(table.columns().fields())
            .filter(field -> !List.of(columns).contains(field.name()))
            .toList();
    return new TableDefinition(
        table.name(),
        table.format(),
        new StructType(left.toArray(StructField[]::new)),
        table.date(),
        table.pruning());
  }

  /** A row of a table, null in the columns that are not selected. */
  private Dataset<Row> selected(LakeTable table, String... columns) {
    Dataset<Row> given = lake.spark().range(1).selectExpr(columns);
    return given.select(
        Arrays.stream(table.definition().columns().fields())
            .map(
                field ->
                    (List.of(given.columns()).contains(field.name())
                            ? col(field.name())
                            : lit(null))
                        .cast(field.dataType())
                        .as(field.name()))
            .toArray(Column[]::new));
  }

  /** Runs something when it is asked for the n-th time. */
  private static final class InterruptedClock extends Clock {
    private final AtomicInteger asked = new AtomicInteger();
    private final int moment;
    private final Runnable interruption;

    InterruptedClock(int moment, Runnable interruption) {
      this.moment = moment;
      this.interruption = interruption;
    }

    @Override
    public Instant instant() {
      if (asked.incrementAndGet() == moment) {
        interruption.run();
      }
      return NOW;
    }

    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }

  private static void kill() {
    throw new IllegalStateException("killed");
  }

  /** Records of partition 0 whose offsets follow on those before, as one batch. */
  private void land(TableFormat format, Row... records) {
    new Landing(
            QUERY,
            new EventsTable(events(format), format()),
            operations(format),
            schemas(),
            CLOCK,
            dates -> {})
        .land(
            lake.spark().createDataFrame(List.of(records), COLUMNS),
            List.of(
                new PlannedSpan(
                    new TopicPartition(TOPIC, 0),
                    records[0].getLong(4),
                    records[records.length - 1].getLong(4) + 1)),
            new Commit(QUERY.stream(), batch++));
  }

  private SchemaMemory schemas() {
    return SchemaMemory.in(lake.checkpoint("land"));
  }

  private DeadLetterReplay replay(TableFormat format, Clock clock, String run) {
    return replay(format, clock, run, 1000);
  }

  private DeadLetterReplay replay(TableFormat format, Clock clock, String run, int atOnce) {
    return new DeadLetterReplay(
        lake.spark(),
        QUERY,
        new EventsTable(events(format), format()),
        operations(format),
        schemas(),
        clock,
        run,
        atOnce);
  }

  private RecordFormat format() {
    return RecordFormat.ofEvents(
        Click.SCHEMA, folder.resolve("registry").toUri(), LocalDate.parse("2010-12-01"), maxFuture);
  }

  private LakeTable events(TableFormat format) {
    return lake.lake().create(eventsDefinition(format));
  }

  private static TableDefinition eventsDefinition(TableFormat format) {
    return new TableDefinition(
        "web.events",
        format,
        EventColumns.of(Click.SCHEMA),
        Optional.of("date"),
        List.of("_landed_batch"));
  }

  private OperationTables operations(TableFormat format) {
    return OperationTables.open(lake.lake(), format);
  }

  private LedgerBalance balance(TableFormat format) {
    return operations(format).ledger().balance(lake.spark(), "web");
  }

  private List<String> landed(TableFormat format) {
    return events(format)
        .read(lake.spark())
        .orderBy("_offset")
        .select("event_id", "_offset", "_landed_batch", "_landed_by")
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" "))
        .toList();
  }

  private List<String> deadLetters(TableFormat format) {
    return operations(format)
        .deadLetters()
        .read(lake.spark())
        .orderBy("offset")
        .selectExpr("offset", "replayed_by", "replayed_batch", "replayed_at IS NOT NULL")
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" "))
        .toList();
  }

  private static Row click(int schema, String id, long offset) {
    return record(Click.encoded(schema, id, NOW), offset);
  }

  private static Row record(byte[] value, long offset) {
    return RowFactory.create(null, value, TOPIC, 0, offset, Timestamp.from(NOW), 0);
  }
}
