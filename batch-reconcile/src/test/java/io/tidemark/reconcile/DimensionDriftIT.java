package io.tidemark.reconcile;

import static io.tidemark.reconcile.Till.row;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Drift of dates that were never sealed, of a view that joins a dimension. */
class DimensionDriftIT {
  private static final DateChoice ALL = new DateChoice.AllClosed();

  /** The town of the shop is in the place of the shop. */
  private static final String SQL =
      """
      SELECT window.start AS window_start, s.town AS shop, count(*) AS sales, sum(e.amount) AS amount
      FROM events e LEFT JOIN shops s ON s.name = e.shop
      GROUP BY window(event_time, '1 hour'), s.town""";

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
    return begun(Till.withSql(lake, format, SQL).shop("north", "Graz", 1));
  }

  private static Till begun(Till till) {
    return till.deliver("other", "2011-01-09T10:05:00Z", "north", 1)
        .land()
        .refreshNow("2011-01-01T00:00:00Z")
        .deliver("a", "2011-01-01T10:05:00Z", "north", 3)
        .deliver("b", "2011-01-01T10:06:00Z", "south", 4)
        .land();
  }

  @ParameterizedTest
  @EnumSource
  void aRowThatAnEarlierDimensionGivesIsExplainedByIt(TableFormat format) {
    Till till =
        till(format)
            .refreshNow("2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "Graz", 1, 3), row("2011-01-01T10:00:00Z", null, 1, 4))
            .shop("south", "Linz", 1);

    assertThat(till.reconcile(ALL).findings().causes()).isEqualTo(Map.of("dimension", 2L));
    assertThat(till.shown())
        .containsExactly("2011-01-01T10:00:00Z Graz 1 3", "2011-01-01T10:00:00Z Linz 1 4");
  }

  @Test
  void aRowThatNoDimensionGivesIsNotThoughOneHasChanged() {
    Till till =
        till(TableFormat.ICEBERG)
            .refreshNow("2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "Graz", 1, 99), row("2011-01-01T10:00:00Z", null, 1, 4))
            .shop("south", "Linz", 1);

    assertThat(till.reconcile(ALL).findings().causes())
        .isEqualTo(Map.of("dimension", 2L, "unexplained", 1L));
  }

  @Test
  void aDimensionThatSaysTheSameExplainsNothing() {
    Till till =
        till(TableFormat.ICEBERG)
            .refreshNow("2011-01-03T00:00:00Z")
            .show(row("2011-01-01T10:00:00Z", "Graz", 1, 3))
            .shop("north", "Graz", 2);

    assertThat(till.reconcile(ALL).findings().causes()).isEqualTo(Map.of("unexplained", 1L));
  }

  @Test
  void whatADimensionSaidBeforeAnyEventWasReadExplainsNothing() {
    Till till =
        begun(
                Till.withSql(lake, TableFormat.ICEBERG, SQL)
                    .shop("north", "Graz", 1)
                    .shop("south", "Linz", 1))
            .refreshNow("2011-01-01T00:00:00Z")
            .deliver("c", "2011-01-02T10:05:00Z", "south", 5)
            .land()
            .refreshNow("2011-01-04T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "Graz", 1, 3),
                row("2011-01-01T10:00:00Z", "Linz", 1, 4),
                row("2011-01-02T10:00:00Z", null, 1, 5));

    assertThat(till.reconcile(ALL).findings().causes()).isEqualTo(Map.of("unexplained", 2L));
  }

  @Test
  void aRowThatWasCountedBeforeAndAfterAChangeIsExplainedByIt() {
    Till till =
        till(TableFormat.ICEBERG)
            .refreshNow("2011-01-01T00:00:00Z")
            .shop("south", "Linz", 1)
            .deliver("c", "2011-01-01T10:07:00Z", "south", 5)
            .deliver("d", "2011-01-01T10:07:00Z", "north", 5)
            .land()
            .refreshNow("2011-01-03T00:00:00Z")
            .show(
                row("2011-01-01T10:00:00Z", "Graz", 2, 88),
                row("2011-01-01T10:00:00Z", null, 1, 4),
                row("2011-01-01T10:00:00Z", "Linz", 1, 5));

    assertThat(till.reconcile(ALL).findings().causes())
        .as("the change makes no difference to Graz, whose row somebody has written")
        .isEqualTo(Map.of("dimension", 2L, "unexplained", 1L));
  }
}
