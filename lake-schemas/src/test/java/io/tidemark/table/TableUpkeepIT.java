package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.delta.DeltaInside;
import io.tidemark.table.session.LakeSession;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.function.VoidFunction2;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.streaming.StreamingQuery;
import org.apache.spark.sql.streaming.Trigger;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Console;

/** Upkeep makes tables small, and nobody who reads or writes one sees a difference. */
class TableUpkeepIT {
  private static final LocalDate CLOSED = LocalDate.parse("2024-05-01");
  private static final LocalDate OPEN = LocalDate.parse("2024-05-02");

  @TempDir private Path folder;
  private TestLake lake;
  private final List<Integer> seen = Collections.synchronizedList(new ArrayList<>());

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private LakeTable table(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "shop.numbers",
                format,
                StructType.fromDDL(
                    "n INT, at TIMESTAMP, local TIMESTAMP_NTZ, price DECIMAL(38,9), ratio DOUBLE,"
                        + " bytes BINARY, tags MAP<STRING, INT>,"
                        + " lines ARRAY<STRUCT<name: STRING, amount: DECIMAL(9,2)>>, date DATE"),
                Optional.of("date"),
                List.of("n")));
  }

  private void append(LakeTable table, String query, long batch, int n, LocalDate date) {
    table.append(rows(n, date), new Commit(query, batch));
  }

  private Dataset<Row> rows(int n, LocalDate date) {
    return lake.spark()
        .sql(
            """
            SELECT %1$d AS n, timestamp'2024-05-01 23:59:59.999999' + make_interval(0,0,0,0,0,0, %1$d) AS at,
              timestamp_ntz'2024-05-01 00:00:00.000001' AS local, CAST('-12345678901234567890.123456789' AS DECIMAL(38,9)) AS price,
              CASE %1$d %% 3 WHEN 0 THEN double('NaN') WHEN 1 THEN -0.0D END AS ratio, unhex('00FF') AS bytes,
              map('a', %1$d, 'b', NULL) AS tags,
              array(NULL, named_struct('name', '\u0000 é', 'amount', CAST(1.10 AS DECIMAL(9,2)))) AS lines, date'%2$s' AS date
            """
                .formatted(n, date));
  }

  /** All rows, with every bit. */
  private List<String> content(LakeTable table) {
    return table
        .read(lake.spark())
        .selectExpr("to_json(struct(*), map('ignoreNullFields', 'false'))", "hex(bytes)")
        .collectAsList()
        .stream()
        .map(Row::toString)
        .sorted()
        .toList();
  }

  private org.apache.hadoop.fs.Path checkpoint(String name) {
    return LakeSession.path(folder.resolve(name).toUri());
  }

  /** What a stream reads that stops when it has all. */
  private List<Integer> read(LakeTable table, String checkpoint) throws Exception {
    seen.clear();
    start(table, checkpoint, Trigger.AvailableNow()).awaitTermination();
    return seen.stream().sorted().toList();
  }

  private StreamingQuery start(LakeTable table, String checkpoint, Trigger trigger)
      throws Exception {
    VoidFunction2<Dataset<Row>, Long> collect =
        (rows, id) -> rows.select("n").collectAsList().forEach(row -> seen.add(row.getInt(0)));
    return table.stream(lake.spark(), checkpoint(checkpoint))
        .writeStream()
        .trigger(trigger)
        .option("checkpointLocation", checkpoint(checkpoint).toString())
        .foreachBatch(collect)
        .start();
  }

  /** Nothing is kept longer than it is needed. */
  private UpkeepPolicy strict(String... readers) {
    return new UpkeepPolicy(
        2,
        date -> !date.isAfter(CLOSED),
        Instant.now(),
        0,
        Optional.empty(),
        Stream.of(readers).map(this::checkpoint).toList());
  }

  private List<UpkeepTask.Kind> upkeep(LakeTable table, UpkeepPolicy policy) throws Exception {
    if (table.definition().format() == TableFormat.DELTA) {
      age();
    }
    return fresh(table, policy);
  }

  private static List<UpkeepTask.Kind> fresh(LakeTable table, UpkeepPolicy policy) {
    List<UpkeepTask.Kind> done = new ArrayList<>();
    for (UpkeepTask task : table.upkeep().tasks(policy)) {
      task.work().get();
      done.add(task.kind());
    }
    return done;
  }

  @ParameterizedTest
  @EnumSource
  void smallFilesOfClosedDatesBecomeOneAndNothingElseChanges(TableFormat format) throws Exception {
    LakeTable table = table(format);
    for (int n = 0; n < 6; n++) {
      append(table, "land", n, n, n < 4 ? CLOSED : OPEN);
    }
    append(table, "other", 7, 6, OPEN);
    assertThat(read(table, "reader")).containsExactly(0, 1, 2, 3, 4, 5, 6);
    long version = table.version();
    List<String> before = content(table);
    UpkeepPolicy policy =
        new UpkeepPolicy(
            3, date -> date.equals(CLOSED), Instant.EPOCH, 0, Optional.empty(), List.of());

    List<UpkeepTask> tasks = table.upkeep().tasks(policy);

    assertThat(tasks).extracting(UpkeepTask::kind).containsExactly(UpkeepTask.Kind.COMPACT);
    assertThat(tasks.get(0).date()).contains(CLOSED);
    assertThat(tasks.get(0).reason()).isEqualTo("4 small files");
    assertThat(table.version()).as("a plan changes nothing").isEqualTo(version);
    assertThat(tasks.get(0).work().get()).isEqualTo(new UpkeepTask.Result(4, 1, Optional.empty()));
    assertThat(table.version()).isNotEqualTo(version);
    assertThat(content(table)).isEqualTo(before);
    assertThat(table.edits(version).found()).isEmpty();
    assertThat(table.countsByDate()).isEqualTo(Map.of(CLOSED, 4L, OPEN, 3L));
    assertThat(table.upkeep().tasks(policy)).isEmpty();
    assertThat(read(table, "reader")).as("compacted rows are not read again").isEmpty();
    assertThat(table.lastBatch("land")).hasValue(5);
    assertThat(table.lastBatch("other")).hasValue(7);
    append(table, "land", 5, 5, OPEN);
    assertThat(content(table)).as("a batch that is replayed").isEqualTo(before);
    append(table, "land", 6, 7, CLOSED);
    assertThat(read(table, "reader")).containsExactly(7);
  }

  @ParameterizedTest
  @EnumSource
  void aTableWithoutDatesIsCompactedAsAWhole(TableFormat format) throws Exception {
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    "shop.runs",
                    format,
                    StructType.fromDDL("n INT"),
                    Optional.empty(),
                    List.of("n")));
    for (int n = 0; n < 4; n++) {
      table.append(lake.spark().sql("SELECT %d AS n".formatted(n)), new Commit("run", n));
    }

    assertThat(upkeep(table, strict())).contains(UpkeepTask.Kind.COMPACT);

    String files =
        format == TableFormat.ICEBERG
            ? "SELECT file_path FROM lake.shop.runs.files"
            : "SELECT DISTINCT _metadata.file_path FROM delta.`%s`"
                .formatted(DeltaInside.path(table));
    assertThat(lake.spark().sql(files).count()).isEqualTo(1);
    assertThat(table.read(lake.spark()).orderBy("n").collectAsList())
        .extracting(row -> row.getInt(0))
        .containsExactly(0, 1, 2, 3);
    assertThat(table.lastBatch("run")).hasValue(3);
  }

  @ParameterizedTest
  @EnumSource
  void soDoTheNumbersOfLandings(TableFormat format) throws Exception {
    LakeTable table = table(format);
    land(table, "stream", 0);
    land(table, "stream", 1);
    land(table, "replay", 0);
    for (int n = 0; n < 8; n++) {
      append(table, "edit", n, n, CLOSED);
    }

    upkeep(table, strict());

    for (LakeTable opened : List.of(table, table(format))) {
      assertThat(opened.number(new Commit("stream", 1))).hasValue(1);
      assertThat(opened.number(new Commit("stream", 0))).isEmpty();
      assertThat(opened.number(new Commit("replay", 0))).hasValue(2);
    }
    assertThat(land(table, "replay", 0)).as("that is there").isEmpty();
    assertThat(land(table, "stream", 2)).hasValue(3);
  }

  private OptionalLong land(LakeTable table, String query, long batch) {
    return table.land(
        lake.spark(),
        number -> Sales.internal(rows((int) -number, CLOSED)),
        new Commit(query, batch),
        0);
  }

  @ParameterizedTest
  @EnumSource
  void whatEveryQueryCommittedLastOutlivesTheHistory(TableFormat format) throws Exception {
    LakeTable table = table(format);
    append(table, "once", 41, -1, CLOSED);
    append(table, "seldom", 0, -2, CLOSED);
    append(table, "seldom", 3, -3, CLOSED);
    for (int n = 0; n < 8; n++) {
      append(table, "land", n, n, CLOSED);
    }
    long files = files(".parquet");
    List<String> before = content(table);

    upkeep(table, strict());
    append(table, "land", 8, 8, OPEN);
    upkeep(table, strict());

    assertThat(files(".parquet")).isLessThan(files);
    if (format == TableFormat.ICEBERG) {
      assertThat(snapshots()).isEqualTo(1);
    } else {
      assertThat(Files.exists(log(0))).isFalse();
    }
    for (LakeTable opened : List.of(table, table(format))) {
      assertThat(opened.lastBatch("once")).hasValue(41);
      assertThat(opened.lastBatch("seldom")).hasValue(3);
      assertThat(opened.lastBatch("land")).hasValue(8);
      assertThat(opened.lastBatch("never")).isEmpty();
    }
    append(table, "once", 41, -1, CLOSED);
    append(table, "seldom", 2, -2, CLOSED);
    assertThat(
            table.land(
                lake.spark(),
                number -> Sales.internal(rows(-3, CLOSED)),
                new Commit("seldom", 3),
                0))
        .isEmpty();
    assertThat(table.upsert(rows(7, CLOSED), List.of("n"), new Commit("land", 8))).isFalse();
    assertThat(
            table.replaceDates(
                rows(9, CLOSED), CLOSED, CLOSED, table.version(), new Commit("once", 40)))
        .isFalse();
    List<String> expected = new ArrayList<>(content(table));
    expected.removeAll(before);
    assertThat(expected).as("what was appended after").hasSize(1);
    assertThat(content(table)).hasSize(before.size() + 1);
    append(table, "once", 42, 10, CLOSED);
    assertThat(table.lastBatch("once")).hasValue(42);
  }

  @ParameterizedTest
  @EnumSource
  void nothingGoesThatAStreamHasYetToRead(TableFormat format) throws Exception {
    LakeTable table = table(format);
    append(table, "land", 0, 0, CLOSED);
    append(table, "land", 1, 1, CLOSED);
    assertThat(read(table, "behind")).containsExactly(0, 1);
    for (int n = 2; n < 6; n++) {
      append(table, "land", n, n, CLOSED);
    }
    assertThat(read(table, "ahead")).containsExactly(0, 1, 2, 3, 4, 5);

    assertThat(upkeep(table, strict("behind", "ahead", "absent")))
        .contains(UpkeepTask.Kind.COMPACT);
    upkeep(table, strict("behind", "ahead", "absent"));

    assertThat(table.gap(checkpoint("behind"))).isEmpty();
    assertThat(read(table, "behind")).containsExactly(2, 3, 4, 5);
    assertThat(read(table, "ahead")).isEmpty();
    append(table, "land", 6, 6, OPEN);
    read(table, "behind");
    read(table, "ahead");
    upkeep(table, strict("behind", "ahead", "absent"));
    assertThat(table.gap(checkpoint("behind"))).isEmpty();
    append(table, "land", 7, 7, OPEN);
    assertThat(read(table, "behind")).containsExactly(7);
    assertThat(read(table, "ahead")).containsExactly(7);
  }

  @ParameterizedTest
  @EnumSource
  void nothingGoesWhileAStreamIsInItsFirstBatch(TableFormat format) throws Exception {
    LakeTable table = table(format);
    for (int n = 0; n < 6; n++) {
      append(table, "land", n, n, CLOSED);
    }
    read(table, "begun");
    try (Stream<Path> commits = Files.list(folder.resolve("begun/commits"))) {
      for (Path commit : commits.toList()) {
        Files.delete(commit);
      }
    }

    assertThat(upkeep(table, strict("begun"))).containsOnly(UpkeepTask.Kind.COMPACT);
    // Iceberg's present version still says what was in the files that were compacted.
    assertThat(upkeep(table, strict("begun")))
        .isSubsetOf(UpkeepTask.Kind.REWRITE_MANIFESTS)
        .hasSize(format == TableFormat.ICEBERG ? 1 : 0);
    assertThat(upkeep(table, strict("begun"))).isEmpty();

    assertThat(read(table, "begun")).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatRunsGoesOn(TableFormat format) throws Exception {
    LakeTable table = table(format);
    append(table, "land", 0, 0, CLOSED);
    StreamingQuery query = start(table, "running", Trigger.ProcessingTime(0));
    for (int n = 1; n < 12; n++) {
      append(table, "land", n, n, n % 4 == 0 ? OPEN : CLOSED);
      query.processAllAvailable();
      if (n % 3 == 0) {
        upkeep(table, strict("running"));
        query.processAllAvailable();
      }
    }
    query.stop();

    assertThat(seen.stream().sorted().toList())
        .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);
    upkeep(table, strict("running"));
    append(table, "land", 12, 12, CLOSED);
    assertThat(read(table, "running")).containsExactly(12);
  }

  @ParameterizedTest
  @EnumSource
  void aStreamThatRunsNowAndThenGoesOnThoughNothingHappenedSince(TableFormat format)
      throws Exception {
    LakeTable table = table(format);
    append(table, "land", 0, 0, CLOSED);
    append(table, "land", 1, 1, CLOSED);
    append(table, "land", 2, 2, CLOSED);
    assertThat(read(table, "reader")).containsExactly(0, 1, 2);
    upkeep(table, strict("reader"));
    upkeep(table, strict("reader"));
    assertThat(read(table, "reader")).isEmpty();
    append(table, "land", 3, 3, CLOSED);
    append(table, "land", 4, 4, CLOSED);
    assertThat(read(table, "reader")).containsExactly(3, 4);
    for (int day = 0; day < 3; day++) {
      upkeep(table, strict("reader"));
      assertThat(table.gap(checkpoint("reader"))).isEmpty();
      assertThat(read(table, "reader")).isEmpty();
    }
    append(table, "land", 5, 5, CLOSED);
    assertThat(read(table, "reader")).containsExactly(5);
  }

  /**
   * Another seed with {@code -Dtidemark.upkeep-seed}, more with {@code -Dtidemark.upkeep-writes}.
   */
  @ParameterizedTest
  @EnumSource
  void besideWritersAndReadersNoRowIsLostOrThereTwice(TableFormat format) throws Exception {
    long seed = Long.getLong("tidemark.upkeep-seed", 3);
    int writes = Integer.getInteger("tidemark.upkeep-writes", 8);
    LakeTable table = table(format);
    append(table, "first", 0, -1, CLOSED);
    StreamingQuery query = start(table, "running", Trigger.ProcessingTime(0));
    CompletableFuture<Void> writer =
        CompletableFuture.runAsync(
            () -> {
              Random random = new Random(seed);
              for (int n = 0; n < writes; n++) {
                LocalDate date = random.nextInt(3) == 0 ? OPEN : CLOSED;
                append(table, "land", n, n, date);
                if (random.nextBoolean()) {
                  append(table, "land", n, n, date);
                }
              }
            });
    do {
      fresh(table, strict("running"));
    } while (!writer.isDone());
    writer.join();
    query.processAllAvailable();
    fresh(table, strict("running"));
    query.stop();

    List<Integer> all = IntStream.range(-1, writes).boxed().toList();
    assertThat(seen.stream().sorted().toList()).as("seed %d", seed).isEqualTo(all);
    assertThat(table.read(lake.spark()).orderBy("n").collectAsList())
        .as("seed %d", seed)
        .extracting(row -> row.<Integer>getAs("n"))
        .isEqualTo(all);
    assertThat(table.lastBatch("first")).hasValue(0);
    assertThat(table.lastBatch("land")).hasValue(writes - 1);
    assertThat(read(table, "running")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aVersionThatIsKeptCanBeRead(TableFormat format) throws Exception {
    LakeTable table = table(format);
    for (int n = 0; n < 4; n++) {
      append(table, "land", n, n, CLOSED);
    }
    long pinned = table.version();
    List<String> before = content(table);
    UpkeepPolicy keeping =
        new UpkeepPolicy(
            2, date -> true, Instant.now().minusSeconds(60), 0, Optional.empty(), List.of());

    fresh(table, keeping);
    append(table, "land", 4, 4, CLOSED);
    fresh(table, keeping);

    assertThat(table.read(lake.spark(), pinned).count()).isEqualTo(before.size());
    assertThat(table.edits(pinned).found()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void filesOfKilledWritersGoAfterAWhileAndNoOthers(TableFormat format) throws Exception {
    LakeTable table = table(format);
    for (int n = 0; n < 3; n++) {
      append(table, "land", n, n, CLOSED);
    }
    Path data;
    try (Stream<Path> all = Files.walk(lake.warehouse())) {
      data = all.filter(file -> file.toString().endsWith(".parquet")).findFirst().orElseThrow();
    }
    Path orphan = data.resolveSibling("part-killed.parquet");
    Path writing = data.resolveSibling("part-writing.parquet");
    Files.copy(data, orphan);
    Files.copy(data, writing);
    Instant now = Instant.now();
    Files.setLastModifiedTime(orphan, FileTime.from(now.minusSeconds(10 * 86_400)));
    Files.setLastModifiedTime(writing, FileTime.from(now.plusSeconds(60)));
    List<String> before = content(table);

    assertThat(orphansFrom(table, now.minusSeconds(7 * 86_400)))
        .as("the table is younger")
        .isEmpty();
    List<UpkeepTask> tasks = orphansFrom(table, now);
    assertThat(tasks).extracting(UpkeepTask::kind).containsExactly(UpkeepTask.Kind.DELETE_ORPHANS);
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    Console.withOut(printed, () -> tasks.get(0).work().get());

    assertThat(printed.size()).as("a verb may print JSON").isZero();
    assertThat(orphan).doesNotExist();
    assertThat(writing).exists();
    assertThat(content(table)).isEqualTo(before);
  }

  private static List<UpkeepTask> orphansFrom(LakeTable table, Instant before) {
    Instant kept = Instant.now().minusSeconds(3600);
    return table
        .upkeep()
        .tasks(new UpkeepPolicy(9, date -> true, kept, 9, Optional.of(before), List.of()));
  }

  @Test
  void aTagKeepsItsSnapshot() throws Exception {
    LakeTable table = table(TableFormat.ICEBERG);
    for (int n = 0; n < 6; n++) {
      append(table, n == 0 ? "first" : "land", n, n, CLOSED);
      if (n == 2) {
        lake.spark().sql("ALTER TABLE lake.shop.numbers CREATE TAG audited");
      }
    }

    upkeep(table, strict());

    assertThat(lake.spark().sql("SELECT * FROM lake.shop.numbers VERSION AS OF 'audited'").count())
        .isEqualTo(3);
    assertThat(table.lastBatch("first")).hasValue(0);
    assertThat(table.lastBatch("land")).hasValue(5);
  }

  /** Of Delta's commits the age counts in whole minutes. */
  private void age() throws Exception {
    try (Stream<Path> logs = Files.walk(lake.warehouse())) {
      for (Path file : logs.filter(path -> path.toString().contains("_delta_log/")).toList()) {
        FileTime made = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(made.toMillis() - 3_600_000));
      }
    }
  }

  private long files(String ending) throws Exception {
    try (Stream<Path> all = Files.walk(lake.warehouse())) {
      return all.filter(file -> file.toString().endsWith(ending)).count();
    }
  }

  private long snapshots() {
    return lake.spark().table("lake.shop.numbers.snapshots").count();
  }

  private Path log(long version) {
    return lake.warehouse().resolve("shop/numbers/_delta_log/%020d.json".formatted(version));
  }
}
