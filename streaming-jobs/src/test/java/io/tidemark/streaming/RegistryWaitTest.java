package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.schema.RegistryUnavailableException;
import io.tidemark.schema.SchemaRegistry;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegistryWaitTest {
  private final RegistryWait wait = new RegistryWait("till.land.sales", Duration.ofMillis(1));
  @TempDir private Path nothing;
  private RegistryUnavailableException away;

  @BeforeEach
  void ask() {
    SchemaRegistry registry = SchemaRegistry.at(nothing.resolve("registry").toUri());
    away = catchThrowableOfType(RegistryUnavailableException.class, () -> registry.byId(1));
  }

  @Test
  void aRegistryThatIsAwayIsFoundBehindWhatSparkSays() {
    Exception failure = new IllegalStateException("Job aborted", new RuntimeException(away));

    assertThat(RegistryWait.away(failure)).contains(away);
    assertThat(RegistryWait.away(new IllegalStateException("disk full"))).isEmpty();
  }

  @Test
  void aLandingThatHasToEndIsTriedThreeTimes() {
    wait.begin(away, false);
    wait.begin(away, false);
    assertThat(wait.isOver()).isFalse();
    wait.begin(away, false);

    assertThat(wait.isOver()).isTrue();
    assertThat(wait.refusal(away))
        .hasMessageContaining("Cannot land: till.land.sales was tried 3 times since")
        .hasMessageContaining("ids.json");
  }

  @Test
  void whatHasLandedInBetweenBeginsTheCountAgain() {
    wait.begin(away, false);
    wait.begin(away, false);
    wait.begin(away, true);

    assertThat(wait.isOver()).isFalse();
    assertThat(wait.await(Duration.ofMinutes(1))).isTrue();
  }
}
