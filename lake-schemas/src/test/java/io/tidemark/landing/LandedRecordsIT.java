package io.tidemark.landing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.dimension.DimensionTable;
import io.tidemark.landing.RegistryDays.Day;
import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.RegistryRefusedException;
import io.tidemark.schema.RegistryUnavailableException;
import io.tidemark.schema.StubRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any bytes, any schema text, any registry: a batch lands or fails whole, and in the end each
 * offset is in exactly one table. With {@code -Dtidemark.landed-records=N} on N records.
 */
class LandedRecordsIT {
  private static final int PER_BATCH = 1_250;
  private static final int RECORDS = Integer.getInteger("tidemark.landed-records", 6_000);
  private static final Instant NOW = Instant.parse("2011-03-04T05:06:07Z");

  /** Enough for a registry that is well at the last of them. */
  private static final int TRIES = 4;

  @TempDir private Path folder;
  private int tables;

  @Test
  void eachOffsetEndsInExactlyOneTableWhateverComesAndWhateverTheRegistrySays() throws IOException {
    for (TableFormat format : TableFormat.values()) {
      try (TestLake lake = TestLake.in(Files.createDirectories(folder.resolve(format.name())))) {
        for (int seed = format.ordinal(); seed * PER_BATCH < RECORDS; seed += 2) {
          require(lake, seed, format);
        }
      }
    }
  }

  private void require(TestLake lake, int seed, TableFormat format) {
    List<Row> records = RandomRecords.of(new SplittableRandom(seed), PER_BATCH);
    if (problem(lake, seed, format, records).isPresent()) {
      List<Row> few = shrunk(lake, seed, format, records);
      throw new AssertionError(
          "seed %d, %s, %d records: %s%n%s"
              .formatted(
                  seed,
                  format,
                  few.size(),
                  problem(lake, seed, format, few).orElse("not again"),
                  RandomRecords.shown(few, 20)));
    }
  }

  /** Halves while one half has a problem, too. */
  private List<Row> shrunk(TestLake lake, int seed, TableFormat format, List<Row> records) {
    int half = records.size() / 2;
    for (List<Row> part :
        List.of(records.subList(0, half), records.subList(half, records.size()))) {
      if (half > 0 && problem(lake, seed, format, part).isPresent()) {
        return shrunk(lake, seed, format, part);
      }
    }
    return records;
  }

  private Optional<String> problem(TestLake lake, int seed, TableFormat format, List<Row> rows) {
    boolean isDimension = seed / 2 % 2 == 1;
    try (StubRegistry stub = new StubRegistry()) {
      Batch batch =
          new Batch(
              lake,
              table(lake, format, isDimension),
              OperationTables.open(lake.lake(), format),
              RecordFormat.ofEvents(
                      Click.SCHEMA, stub.place(), LocalDate.parse("2010-12-01"), Duration.ofDays(1))
                  .patient(Duration.ofMillis(seed % 3 * 20L)),
              isDimension,
              lake.spark().createDataFrame(rows, RandomRecords.COLUMNS),
              RandomRecords.planned(rows),
              new Commit("web.land.t" + tables, seed));
      landAtLast(batch, stub, seed);
      batch.requireEachOffsetOnce(rows);
      return Optional.empty();
    } catch (AssertionError | Exception e) { // Scala throws checked ones too.
      return Optional.of(e.toString());
    }
  }

  private void landAtLast(Batch batch, StubRegistry stub, int seed) {
    for (int tried = 0; ; tried++) {
      stub.opened();
      boolean isWell = tried == TRIES - 1;
      stub.answerAll(
          isWell ? RegistryDays::well : new Day(new SplittableRandom(seed * 31 + tried)));
      try {
        if (tried == 0 && seed % 4 == 0) {
          batch.crash();
        }
        batch.land();
        return;
      } catch (Exception e) { // Scala throws checked ones too.
        assertThat(reasonOf(e)).as("what a batch fails by").isNotNull();
        assertThat(isWell).as("fails with a registry that is well: " + e).isFalse();
        assertThat(batch.spans()).as("of a batch that has failed").isEmpty();
      }
    }
  }

  private static Throwable reasonOf(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RegistryUnavailableException
          || cause instanceof RegistryRefusedException) {
        return cause;
      }
    }
    return null;
  }

  private LakeTable table(TestLake lake, TableFormat format, boolean isDimension) {
    String name = "web.t" + ++tables;
    return lake.lake()
        .create(
            isDimension
                ? new TableDefinition(
                    name,
                    format,
                    DimensionTable.columns(EventColumns.fields(Click.SCHEMA)),
                    Optional.empty(),
                    List.of())
                : new TableDefinition(
                    name,
                    format,
                    EventColumns.of(Click.SCHEMA),
                    Optional.of("date"),
                    List.of("_landed_batch")));
  }

  /** One batch, and what it leaves behind. */
  private record Batch(
      TestLake lake,
      LakeTable table,
      OperationTables operations,
      RecordFormat format,
      boolean isDimension,
      Dataset<Row> records,
      List<PlannedSpan> planned,
      Commit commit) {

    void land() {
      LandingTable target =
          isDimension
              ? new DimensionTable(
                  table,
                  lake.lake()
                      .create(DimensionRows.shadow(table.name() + "_shadow", table.definition())),
                  format,
                  List.of("event_id"))
              : new EventsTable(table, format);
      new Landing(
              new LandingQuery("web", "events"),
              target,
              operations,
              SchemaMemory.in(lake.checkpoint(table.name())),
              Clock.fixed(NOW, ZoneOffset.UTC),
              dates -> {})
          .land(records, planned, commit);
    }

    /** A try of which only the first write was made. */
    void crash() {
      if (!isDimension) {
        Outcomes outcomes = Outcomes.register(lake.spark().sparkContext());
        table.land(
            lake.spark(),
            number -> DecodedEvents.of(records, 1, format, number, null, outcomes),
            commit,
            commit.batch());
      }
    }

    List<LedgerSpan> spans() {
      return operations.ledger().balance(lake.spark(), "web").totals().stream()
          .filter(span -> span.topic().equals(topic()))
          .toList();
    }

    private String topic() {
      return planned.get(0).topicPartition().topic();
    }

    void requireEachOffsetOnce(List<Row> sent) {
      Set<String> all = new HashSet<>();
      sent.forEach(row -> all.add(place(row.getInt(3), row.getLong(4))));
      List<String> dead = new ArrayList<>();
      operations
          .deadLetters()
          .read(lake.spark())
          .where("query = '%s'".formatted(commit.query()))
          .collectAsList()
          .forEach(
              row -> {
                dead.add(place(row.<Integer>getAs("partition"), row.<Long>getAs("offset")));
                assertThat(row.<String>getAs("reason")).isNotNull();
              });
      assertThat(dead).as("dead letters").doesNotHaveDuplicates().isSubsetOf(all);
      Set<String> good = new HashSet<>(all);
      dead.forEach(good::remove);
      assertThat(good).doesNotContainAnyElementsOf(RandomRecords.hopeless(sent));
      if (isDimension) {
        assertThat(ids()).as("rows").containsExactlyInAnyOrderElementsOf(idsOf(sent, good));
      } else {
        assertThat(landed()).as("events").containsExactlyInAnyOrderElementsOf(good);
      }
      long events = 0;
      long deadLetters = 0;
      for (LedgerSpan span : spans()) {
        assertThat(span.balances()).as(span.toString()).isTrue();
        events += span.events();
        deadLetters += span.deadLetters();
      }
      assertThat(events).as("events in the ledger").isEqualTo(good.size());
      assertThat(deadLetters).as("dead letters in the ledger").isEqualTo(dead.size());
    }

    private List<String> landed() {
      return table.read(lake.spark()).collectAsList().stream()
          .map(row -> place(row.<Integer>getAs("_topic_partition"), row.<Long>getAs("_offset")))
          .toList();
    }

    private List<String> ids() {
      return table.read(lake.spark()).collectAsList().stream()
          .map(row -> row.<String>getAs("event_id"))
          .toList();
    }

    private static Set<String> idsOf(List<Row> sent, Set<String> good) {
      Set<String> ids = new HashSet<>();
      sent.stream()
          .filter(row -> good.contains(place(row.getInt(3), row.getLong(4))))
          .forEach(row -> ids.add(RandomRecords.idOf(row.<byte[]>getAs(1))));
      return ids;
    }

    private static String place(int partition, long offset) {
      return partition + "@" + offset;
    }
  }
}
