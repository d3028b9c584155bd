package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.DateState;
import io.tidemark.ops.DateState.State;
import io.tidemark.ops.DateStates;
import io.tidemark.ops.Operations;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What ops.dates and ops.tidemarks say, of two dates that are over and one that is not. */
class FinalityIT {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final DateChoice ALL = new DateChoice.AllClosed();
  private static final DateChoice DIRTY = new DateChoice.Dirty();
  private static final String SQL = Till.SQL.formatted("'1 hour'");

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private Till till(TableFormat format) {
    return Till.allIn(lake, format, SQL)
        .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .deliver("b", "2011-01-02T10:05:00Z", "north", 5)
        .deliver("c", "2011-01-03T00:05:00Z", "north", 7)
        .land()
        .refresh(null, "2011-01-03T00:00:00Z")
        .show(row("2011-01-01T10:00:00Z", "north", 1, 3));
  }

  private LakeTable table(Operations operations, TableFormat format) {
    return lake.lake().find(operations.table(format)).orElseThrow();
  }

  /** Day, state and the columns that are asked for. */
  private List<String> dates(TableFormat format, String... columns) {
    List<String> expressions = new ArrayList<>(List.of("day(date)", "state"));
    expressions.addAll(Arrays.asList(columns));
    return table(Operations.DATES, format)
        .read(lake.spark())
        .where("pipeline = 'till' AND view = 'sales'")
        .orderBy("date")
        .selectExpr(expressions.toArray(String[]::new))
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" "))
        .toList();
  }

  private Row tidemark(TableFormat format) {
    return table(Operations.TIDEMARKS, format)
        .read(lake.spark())
        .where("pipeline = 'till' AND view = 'sales'")
        .selectExpr("cast(tidemark AS STRING)", "since")
        .head();
  }

  private List<Long> versions(TableFormat format) {
    return List.of(
        table(Operations.DATES, format).version(), table(Operations.TIDEMARKS, format).version());
  }

  @Test
  void aDateIsClosedSealedDirtyAndSealedAgainAndTheTidemarkGoesWithIt() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = till(format).publishing();
    till.finality().publish();
    assertThat(dates(format, "rows", "run"))
        .containsExactly("1 closed null null", "2 closed null null", "3 open null null");
    assertThat(tidemark(format).get(0)).isNull();

    till.reconcile(ALL);

    String[] found = {"rows", "agreement", "drift_late", "drift_unexplained", "reason"};
    assertThat(dates(format, found))
        .containsExactly(
            "1 sealed 1 1.0 0 0 null",
            "2 sealed 1 0.0 0 1 null",
            "3 open null null null null null");
    assertThat(dates(format, "sealed_at IS NOT NULL AND run IS NOT NULL"))
        .containsExactly("1 sealed true", "2 sealed true", "3 open false");
    Row high = tidemark(format);
    assertThat(high.get(0)).isEqualTo("2011-01-02");

    List<Long> versions = versions(format);
    till.reconcile(ALL);
    till.finality().publish();
    assertThat(versions(format)).as("nothing has changed").isEqualTo(versions);

    // A duplicate lands, then one that counts.
    till.deliver("b", "2011-01-02T10:05:00Z", "north", 5).land();
    till.deliver("late", "2011-01-02T10:06:00Z", "north", 4).land();
    till.finality().publish();

    String[] change = {"rows", "reason", "landing", "landed_batch"};
    assertThat(dates(format, change))
        .containsExactly(
            "1 sealed 1 null null null",
            "2 dirty 1 late till.land.events 2",
            "3 open null null null null");
    Row low = tidemark(format);
    assertThat(low.get(0)).isEqualTo("2011-01-01");
    assertThat(low.<Timestamp>getAs(1)).isAfter(high.<Timestamp>getAs(1));
    till.deliver("later", "2011-01-02T10:07:00Z", "north", 4).land();
    versions = versions(format);
    till.finality().publish();
    assertThat(versions(format)).as("dirty by the first batch").isEqualTo(versions);

    till.reconcile(DIRTY);

    assertThat(dates(format, found))
        .containsExactly(
            "1 sealed 1 1.0 0 0 null",
            "2 sealed 1 0.0 1 0 null",
            "3 open null null null null null");
    assertThat(tidemark(format).get(0)).isEqualTo("2011-01-02");
  }

  @Test
  void aDateThatReplayedDeadLettersHaveMadeDirtySaysSo() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = till(format).publishing();
    till.reconcile(ALL);
    till.replaying().deliver("mended", "2011-01-02T10:06:00Z", "north", 4).land();
    till.deliver("late", "2011-01-02T10:07:00Z", "north", 4).land();
    till.finality().publish();

    assertThat(dates(format, "reason", "landing", "landed_batch"))
        .containsExactly(
            "1 sealed null null null",
            "2 dirty replayed till.replay.events 1",
            "3 open null null null");

    till.reconcile(DIRTY);

    assertThat(dates(format, "drift_late", "drift_replayed", "drift_unexplained"))
        .as("one row lacked both")
        .containsExactly("1 sealed 0 0 0", "2 sealed 1 0 0", "3 open null null null");
  }

  @Test
  void anEditAndAnotherDefinitionSayWhyADateIsDirty() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = till(format).publishing();
    till.reconcile(ALL);
    lake.spark().sql("UPDATE lake.till.events SET amount = 9 WHERE event_id = 'b'");
    till.finality().publish();
    assertThat(dates(format, "reason", "landed_batch"))
        .containsExactly("1 sealed null null", "2 dirty edited null", "3 open null null");

    Till changed = Till.allIn(lake, format, SQL.replace("sum(amount)", "sum(2 * amount)"));
    changed.finality().publish();

    assertThat(dates(format, "reason"))
        .as("the first reason stands")
        .containsExactly("1 dirty definition", "2 dirty edited", "3 open null");
  }

  /** Seals are there, as an earlier version wrote them, or a run that was killed. */
  @Test
  void whatWasSealedBeforeAnybodySaidSoIsSaidByTheNext() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = till(format);
    till.reconcile(ALL);
    till.sealAsOfOld(FIRST);
    assertThat(lake.lake().find(Operations.DATES.table(format))).isEmpty();

    till.finality().publish();

    assertThat(dates(format, "rows", "agreement", "drift_late"))
        .containsExactly("1 sealed 1 null null", "2 sealed 1 0.0 0", "3 open null null null");
    assertThat(tidemark(format).get(0)).isEqualTo("2011-01-02");
    // Killed before the tidemark was written, by a run that knew better.
    till.tables()
        .operations()
        .tidemarks()
        .rewrite(
            lake.spark(),
            "till",
            () -> Map.of("sales", Optional.of(FIRST.plusYears(1)), "gone", Optional.empty()),
            Instant.EPOCH);
    till.finality().publish();
    assertThat(till.tables().operations().tidemarks().read(lake.spark(), "till"))
        .isEqualTo(Map.of("sales", Optional.of(SECOND)));
  }

  @ParameterizedTest
  @EnumSource
  void whoWasOvertakenJudgesAgainAndOtherPipelinesKeepTheirRows(TableFormat format) {
    DateStates dates = Till.allIn(lake, format, SQL).tables().operations().dates();
    dates.rewrite(lake.spark(), "another", known -> sealed(State.CLOSED), now());
    List<State> seen = new ArrayList<>();

    dates.rewrite(
        lake.spark(),
        "till",
        known -> {
          seen.add(known.isEmpty() ? null : known.get("sales").get(FIRST).state());
          if (known.isEmpty()) {
            dates.rewrite(lake.spark(), "till", of -> sealed(State.DIRTY), now());
          }
          return sealed(State.SEALED);
        },
        now());

    assertThat(seen).containsExactly(null, State.DIRTY);
    assertThat(dates.sealed(lake.spark(), "till", "sales")).containsExactly(FIRST);
    assertThat(dates.read(lake.spark(), "another")).isEqualTo(sealed(State.CLOSED));
  }

  private static Map<String, SortedMap<LocalDate, DateState>> sealed(State state) {
    DateState of = new DateState(FIRST, state, Optional.empty(), Optional.empty());
    return Map.of("sales", new TreeMap<>(Map.of(FIRST, of)));
  }

  private static Instant now() {
    return Instant.parse("2011-02-01T00:00:00Z");
  }
}
