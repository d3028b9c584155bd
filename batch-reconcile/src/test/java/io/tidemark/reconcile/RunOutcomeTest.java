package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RunOutcomeTest {
  @Test
  void whoeverReadsItLaterIsToldHowOldItIs() throws IOException {
    Instant asOf = Instant.parse("2026-11-29T14:00:00.123456Z");
    String outcome = RunOutcome.of(new ReconcileReport("a", List.of(), 1), Map.of(), asOf);
    assertThat(new ObjectMapper().readTree(outcome).path("as_of").asText())
        .isEqualTo("2026-11-29T14:00:00.123456Z");
  }
}
