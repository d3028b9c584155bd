package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which upserts mark rows, and which write their dates again. */
class RowLevelTest {
  private static final RowLevel LEVEL = new RowLevel(1_000_000);

  @TempDir private Path folder;

  @Test
  void marksRowsOfLargeDatesThatChangeLittleAndHaveFewFiles() {
    assertThat(LEVEL.suits(batch(10_000, 1), 1_000_000, 31)).isTrue();
    assertThat(LEVEL.suits(batch(10_000, 1), 999_999, 1)).as("a small date").isFalse();
    assertThat(LEVEL.suits(batch(100_001, 1), 1_000_000, 1)).as("much of it changes").isFalse();
    assertThat(LEVEL.suits(batch(10_000, 1), 1_000_000, 32)).as("files pile up").isFalse();
    assertThat(LEVEL.suits(batch(10_000, 2), 1_000_000, 32)).as("on two dates").isTrue();
  }

  @Test
  void looksOnlyAtTablesWithDatesThatMayHaveALargeOne() {
    assertThat(LEVEL.maySuit(batch(1, 1), 1_000_000)).isTrue();
    assertThat(LEVEL.maySuit(batch(1, 1), 999_999)).isFalse();
    TableDefinition undated =
        new TableDefinition(
            "shop.undated",
            TableFormat.DELTA,
            Sales.COLUMNS,
            Optional.empty(),
            java.util.List.of());
    assertThat(
            LEVEL.maySuit(
                new Batch(undated, null, 1, new TreeMap<>(), Optional.empty()), Long.MAX_VALUE))
        .isFalse();
  }

  @Test
  void aSessionIsToldHowManyRowsMakeADateLarge() {
    try (TestLake lake = TestLake.in(folder)) {
      assertThat(RowLevel.of(lake.spark())).isEqualTo(LEVEL);
      RowLevel.applyFrom(lake.spark(), 5);
      assertThat(RowLevel.of(lake.spark())).isEqualTo(new RowLevel(5));
    }
  }

  private static Batch batch(long size, int dates) {
    SortedMap<LocalDate, Long> counts = new TreeMap<>();
    for (int date = 0; date < dates; date++) {
      counts.put(LocalDate.EPOCH.plusDays(date), size / dates);
    }
    return new Batch(Sales.table(TableFormat.DELTA), null, size, counts, Optional.empty());
  }
}
