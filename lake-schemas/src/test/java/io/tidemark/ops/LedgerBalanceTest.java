package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LedgerBalanceTest {
  private static LedgerSpan span(
      int partition, long from, long until, long events, long deadLetters, long missing) {
    return new LedgerSpan("sales", partition, from, until, events, deadLetters, missing);
  }

  @Test
  void contiguousSpansAddUpToOneForEachPartition() {
    LedgerBalance balance =
        LedgerBalance.of(
            List.of(span(0, 5, 10, 4, 1, 0), span(0, 10, 12, 1, 0, 1), span(1, 0, 3, 3, 0, 0)));

    assertThat(balance.isBalanced()).isTrue();
    assertThat(balance.totals()).containsExactly(span(0, 5, 12, 5, 1, 1), span(1, 0, 3, 3, 0, 0));
  }

  @Test
  void anOffsetThatBecameNothingIsAProblem() {
    assertThat(LedgerBalance.of(List.of(span(0, 0, 3, 1, 1, 0))).problems())
        .containsExactly(
            "sales-0 [0, 3): 1 events, 1 dead letters and 0 missing are not 3 offsets");
  }

  @Test
  void aGapAndAnOverlapAreProblems() {
    assertThat(
            LedgerBalance.of(
                    List.of(span(0, 0, 3, 3, 0, 0), span(0, 4, 6, 2, 0, 0), span(0, 5, 7, 2, 0, 0)))
                .problems())
        .containsExactly(
            "sales-0: nothing is recorded from offset 3 to 4",
            "sales-0: recorded twice from offset 5 to 6");
  }

  @Test
  void anEmptyLedgerBalances() {
    assertThat(LedgerBalance.of(List.of()).isBalanced()).isTrue();
  }
}
