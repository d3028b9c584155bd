package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReconciliationsTest {
  private static final Instant NOON = Instant.parse("2011-01-01T12:00:00.123456Z");
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  private static final Reconciliation.Example EXAMPLE =
      new Reconciliation.Example("a", "sales-0@1", "sales-0@2", List.of("amount", "shop"));

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

  private static Reconciliation compared(
      LocalDate date, long agreed, long before, long after, Reconciliation.Example... conflicts) {
    return new Reconciliation(
        date,
        "repaired",
        Optional.empty(),
        true,
        Optional.of(
            new Reconciliation.Compared(
                agreed + before,
                agreed,
                before,
                after,
                Map.of("late", before),
                conflicts.length,
                List.of(conflicts),
                new Reconciliation.ReadFrom(3, Map.of("shops", 4L), 5, "v1"))));
  }

  private static Reconciliation open(LocalDate date) {
    return new Reconciliation(date, "open", Optional.empty(), false, Optional.empty());
  }

  private void append(
      Reconciliations kept, String view, String run, Instant at, Reconciliation... dates) {
    kept.append(
        lake.spark(),
        "till",
        view,
        new Reconciliations.By(run, false, List.of("gate of " + run), at, at.plusSeconds(1)),
        List.of(dates));
  }

  @ParameterizedTest
  @EnumSource
  void theLastRunThatComparedDatesIsToldAsAWhole(TableFormat format) {
    Reconciliations kept = OperationTables.open(lake.lake(), format).reconciliations();
    Set<String> views = Set.of("sales", "visits", "others");
    assertThat(kept.last(lake.spark(), "till", views, NOON)).isEmpty();
    assertThat(kept.lastGates(lake.spark(), "till", NOON)).isEmpty();
    assertThat(kept.quoting(lake.spark(), "till", "sales")).isEmpty();

    append(kept, "sales", "later", NOON, compared(FIRST, 6, 4, 1, EXAMPLE));
    append(
        kept,
        "sales",
        "latest",
        NOON.plusSeconds(10),
        compared(FIRST, 5, 3, 0),
        compared(FIRST.plusDays(1), 1, 1, 1, EXAMPLE),
        compared(FIRST.plusDays(2), 0, 0, 0));
    append(kept, "sales", "earlier", NOON.minusSeconds(10), compared(FIRST, 1, 0, 0));
    append(kept, "sales", "idle", NOON.plusSeconds(20), open(FIRST.plusDays(3)));
    // Long ago, and no other since.
    append(kept, "visits", "old", NOON.minus(Duration.ofDays(300)), compared(FIRST, 0, 0, 0));

    Reconciliations.Last ofSales = new Reconciliations.Last(0.6, 0.9, List.of(EXAMPLE));
    Reconciliations.Last ofVisits = new Reconciliations.Last(1, 1, List.of());
    assertThat(kept.last(lake.spark(), "till", views, NOON))
        .isEqualTo(Map.of("sales", ofSales, "visits", ofVisits));
    assertThat(kept.last(lake.spark(), "another", views, NOON)).isEmpty();
    assertThat(kept.lastGates(lake.spark(), "till", NOON)).containsExactly("gate of idle");
    assertThat(kept.lastGates(lake.spark(), "till", NOON.plus(Duration.ofDays(300))))
        .containsExactly("gate of idle");
  }

  @ParameterizedTest
  @EnumSource
  void idsAreTakenOutAndTheirNumberStays(TableFormat format) {
    Reconciliations kept = OperationTables.open(lake.lake(), format).reconciliations();
    append(kept, "sales", "one", NOON, compared(FIRST, 6, 4, 1, EXAMPLE));
    append(kept, "sales", "two", NOON.plusSeconds(9), compared(FIRST, 6, 4, 1, EXAMPLE));
    List<DriftLog.Found> quoting = kept.quoting(lake.spark(), "till", "sales");
    assertThat(quoting)
        .containsExactlyInAnyOrder(
            new DriftLog.Found(FIRST, "one", NOON.plusSeconds(1)),
            new DriftLog.Found(FIRST, "two", NOON.plusSeconds(10)));

    kept.redact(
        lake.spark(),
        "till",
        "sales",
        quoting.stream().filter(found -> found.run().equals("two")).toList());

    assertThat(kept.quoting(lake.spark(), "till", "sales"))
        .extracting(DriftLog.Found::run)
        .containsExactly("one");
    assertThat(
            lake.lake()
                .find(Operations.RECONCILIATIONS.table(format))
                .orElseThrow()
                .read(lake.spark())
                .select("conflicting")
                .distinct()
                .collectAsList())
        .singleElement()
        .extracting(row -> row.getLong(0))
        .isEqualTo(1L);
  }

  @Test
  void runsOfAViewHaveOneNameAndRisingNumbers() {
    Reconciliations kept = OperationTables.open(lake.lake(), TableFormat.DELTA).reconciliations();
    append(kept, "sales", "one", NOON, open(FIRST));
    append(kept, "sales", "two", NOON, open(FIRST));
    append(kept, "sales", "three", NOON);

    assertThat(
            lake.lake()
                .create(Operations.RECONCILIATIONS.table(TableFormat.DELTA))
                .lastBatch("till.sales"))
        .hasValue(1);
  }
}
