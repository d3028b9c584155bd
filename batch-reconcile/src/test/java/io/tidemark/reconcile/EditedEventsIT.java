package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.FIRST;
import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of sealed dates when somebody edits their events. */
class EditedEventsIT {
  private static final LocalDate SECOND = FIRST.plusDays(1);
  private static final DateChoice DIRTY = new DateChoice.Dirty();

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

  @ParameterizedTest
  @EnumSource
  void aDateIsDirtyFromTheEditOnUntilItIsSealedAgain(TableFormat format) {
    Till till = sealed(format);
    assertThat(till.dirty()).isEmpty();
    sql("UPDATE %s SET amount = 30 WHERE event_id = 'a'", name(format));
    assertThat(till.dirty()).containsExactly(FIRST);
    assertThat(till.status().tidemark()).isNull();

    Outcome repaired = till.reconcile(DIRTY);

    assertThat(repaired).isInstanceOf(Outcome.Repaired.class);
    assertThat(repaired.findings().causes()).isEqualTo(Map.of("edited", 1L));
    assertThat(repaired.findings().tidemark()).isEqualTo(SECOND);
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 30", "2011-01-02T10:00:00Z north 1 4");
    assertThat(till.dirty()).isEmpty();
    assertThat(till.reconcile(DIRTY).findings().dates()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void compactionAndWhatFollowsItLeaveDatesFinal(TableFormat format) {
    Till till = sealed(format);
    if (format == TableFormat.DELTA) {
      sql("OPTIMIZE %s", name(format));
      sql("VACUUM %s", name(format));
    } else {
      sql(
          "CALL lake.system.rewrite_data_files(table => '%s', options => map('rewrite-all',"
              + " 'true'))",
          "till.events");
      sql(
          "CALL lake.system.expire_snapshots(table => '%s', retain_last => 1, older_than =>"
              + " timestamp'2100-01-01 00:00:00')",
          "till.events");
    }

    assertThat(till.dirty()).isEmpty();
  }

  /** How an edit is found in either format is of TableEditsIT. */
  @Test
  void anEditThatChangesNoNumberLeavesItsDateFinal() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = sealed(format);
    sql("UPDATE %s SET event_id = 'z' WHERE event_id = 'b'", name(format));
    assertThat(till.dirty()).isEmpty();

    Outcome outcome = till.reconcile(DIRTY);

    assertThat(outcome).isInstanceOf(Outcome.InSync.class);
    assertThat(outcome.findings().sealed())
        .as("also the date beside it: which deliveries count on it may be told by the other's")
        .isEqualTo(2);
    assertThat(till.dirty()).isEmpty();
  }

  /** How an edit is found in either format is of TableEditsIT. */
  @Test
  void anInsertedRowThatSaysItLandedEarlierUnsealsTheDateBesideItsOwn() {
    TableFormat format = TableFormat.ICEBERG;
    Till till = sealed(format);
    sql(
        "INSERT INTO %1$s BY NAME SELECT * EXCEPT (event_time, date, _landed_batch),"
            + " timestamp'2011-01-01 20:00:00' AS event_time, date'2011-01-01' AS date,"
            + " -1L AS _landed_batch FROM %1$s WHERE event_id = 'b'",
        name(format));
    assertThat(till.dirty()).containsExactly(FIRST, SECOND);

    till.reconcile(DIRTY);

    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z north 1 3", "2011-01-01T20:00:00Z north 1 4");
    assertThat(till.dirty()).isEmpty();
  }

  /** The window within which deliveries of an id are compared reaches a day to either side. */
  @ParameterizedTest
  @EnumSource
  void anErasureHasItsDateProvenAgainAndThoseBesideIt(TableFormat format) {
    Till till = Till.of(lake, format);
    List<Object[]> shown = new ArrayList<>();
    for (int day = 0; day < 8; day++) {
      String time = FIRST.plusDays(day) + "T10:05:00Z";
      till.deliver("of" + day, time, "north", 1).deliver("also" + day, time, "south", 2);
      shown.add(row(FIRST.plusDays(day) + "T10:00:00Z", "north", 1, 1));
      shown.add(row(FIRST.plusDays(day) + "T10:00:00Z", "south", 1, 2));
    }
    till.landDirectly().refresh(null, FIRST.plusDays(8) + "T00:00:00Z");
    till.show(shown.toArray(Object[][]::new));
    assertThat(till.reconcile(new DateChoice.AllClosed()).findings().sealed()).isEqualTo(8);

    till.view()
        .events()
        .erase(
            lake.spark().sql("SELECT 'of4' AS event_id"),
            List.of("event_id"),
            "true",
            new Commit("till.forget.events", 0));

    assertThat(till.dirty()).containsExactly(FIRST.plusDays(4));
    ViewFindings proven = till.reconcile(DIRTY).findings();
    assertThat(proven.from()).isEqualTo(FIRST.plusDays(3));
    assertThat(proven.to()).isEqualTo(FIRST.plusDays(5));
    assertThat(proven.causes()).isEqualTo(Map.of("erased", 1L));
    assertThat(till.shown()).hasSize(15).doesNotContain("2011-01-05T10:00:00Z north 1 1");
    assertThat(till.reconcile(DIRTY).findings().dates()).isZero();
  }

  private Till sealed(TableFormat format) {
    Till till =
        Till.of(lake, format)
            .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
            .land()
            .deliver("b", "2011-01-02T10:05:00Z", "north", 4)
            .land()
            .refresh(null, "2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "north", 1, 3),
                row("2011-01-02T10:00:00Z", "north", 1, 4));
    assertThat(till.reconcile(new DateChoice.AllClosed()).findings().sealed()).isEqualTo(2);
    return till;
  }

  private String name(TableFormat format) {
    return format == TableFormat.DELTA
        ? "delta.`%s`".formatted(lake.warehouse().resolve("till/events"))
        : "lake.till.events";
  }

  private void sql(String text, String name) {
    lake.spark().sql(text.formatted(name));
  }
}
