package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerBalanceTest {
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

  private LedgerBalance balance(LedgerSpan... spans) {
    Ledger ledger = OperationTables.open(lake.lake(), TableFormat.ICEBERG).ledger();
    ledger.append(lake.spark(), "till", List.of(spans), Instant.EPOCH, new Commit("land", 0));
    return ledger.balance(lake.spark(), "till");
  }

  private static LedgerSpan span(
      int partition, long from, long until, long events, long deadLetters, long missing) {
    return new LedgerSpan("sales", partition, from, until, events, deadLetters, missing);
  }

  @Test
  void contiguousSpansAddUpToOneForEachPartition() {
    LedgerBalance balance =
        balance(span(0, 10, 12, 1, 0, 1), span(1, 0, 3, 3, 0, 0), span(0, 5, 10, 4, 1, 0));

    assertThat(balance.isBalanced()).isTrue();
    assertThat(balance.totals())
        .as("what was there before is lost")
        .containsExactly(new LedgerSpan("sales", 0, 0, 12, 5, 1, 1, 5), span(1, 0, 3, 3, 0, 0));
    assertThat(balance.losses()).containsExactly(new LostSpan("sales", 0, 0, 5, true));
  }

  @Test
  void whatIsLostIsPartOfTheBalanceAndToldSpanBySpan() {
    LedgerBalance balance =
        balance(
            new LedgerSpan("sales", 0, 0, 10, 4, 1, 0, 5),
            span(0, 10, 12, 2, 0, 0),
            new LedgerSpan("sales", 0, 12, 20, 5, 0, 0, 3));

    assertThat(balance.problems()).isEmpty();
    assertThat(balance.totals()).containsExactly(new LedgerSpan("sales", 0, 0, 20, 11, 1, 0, 8));
    assertThat(balance.losses())
        .containsExactly(
            new LostSpan("sales", 0, 0, 5, true), new LostSpan("sales", 0, 12, 15, false));
  }

  @Test
  void anOffsetThatBecameNothingIsAProblem() {
    assertThat(balance(span(0, 0, 3, 1, 1, 0)).problems())
        .containsExactly(
            "sales-0 [0, 3): 1 events, 1 dead letters, 0 missing and 0 lost do not add up to 3 offsets");
  }

  @Test
  void aGapAndAnOverlapAreProblems() {
    assertThat(
            balance(span(0, 0, 3, 3, 0, 0), span(0, 4, 6, 2, 0, 0), span(0, 5, 7, 2, 0, 0))
                .problems())
        .containsExactly(
            "sales-0: nothing is recorded from offset 3 to 4",
            "sales-0: recorded twice from offset 5 to 6");
  }

  @Test
  void manyProblemsAreToldInPart() {
    LedgerSpan[] apart =
        IntStream.range(0, 200)
            .mapToObj(i -> span(0, 2 * i, 2 * i + 1, 1, 0, 0))
            .toArray(LedgerSpan[]::new);

    assertThat(balance(apart).problems())
        .hasSize(LedgerBalance.TOLD + 1)
        .last()
        .isEqualTo("There are more: see ops.ledger.");
  }

  @Test
  void anEmptyLedgerBalances() {
    assertThat(balance().isBalanced()).isTrue();
    assertThat(balance().totals()).isEmpty();
  }
}
