package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.replay.Share;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkloadTest {
  @Test
  void contendersTakeTheirTurnAfterThoseWhoseLakeTheyWorkOn() {
    Workload workload =
        new Workload(
            1,
            Share.NONE,
            1,
            List.of(
                Contender.REFRESH,
                Contender.EVERY_DELIVERY,
                Contender.TIDEMARK_LANDS_DELTA,
                Contender.REFRESH),
            List.of());

    assertThat(workload.contenders())
        .containsExactly(
            Contender.TIDEMARK_LANDS_DELTA, Contender.EVERY_DELIVERY, Contender.REFRESH);
  }
}
