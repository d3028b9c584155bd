package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.output.ExitCode;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class VerbRunTest {
  private static final Instant NOW = Instant.parse("2011-01-01T08:00:00Z");

  private final List<EndedRun> runs = new ArrayList<>();

  private static VerbRun run(Consumer<EndedRun> runs) {
    Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);
    return VerbRun.begin("reconcile", "till", clock, Optional.of("scheduled__1"), runs);
  }

  @Test
  void aRunIsRecordedOnceAsItsWorkEnded() {
    VerbRun run = run(runs::add);

    assertThat(run.record(() -> 2, found -> new VerbRun.End(10, "drifted", found + " keys")))
        .isEqualTo(2);
    assertThat(runs)
        .containsExactly(
            new EndedRun(
                run.id(),
                "reconcile",
                "till",
                NOW,
                NOW,
                10,
                "drifted",
                Optional.of("2 keys"),
                Optional.of("scheduled__1")));
  }

  @Test
  void aFailureIsRecordedByItsReasonAndThrown() {
    IllegalStateException failure = new IllegalStateException("Cannot read till.events");

    assertThatThrownBy(() -> run(runs::add).record(() -> fail(failure), VerbRunTest::fine))
        .isSameAs(failure);
    assertThat(runs)
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.exitCode()).isEqualTo(ExitCode.FAILED);
              assertThat(run.outcome()).isEqualTo(VerbRun.FAILED);
              assertThat(run.message()).contains("Cannot read till.events");
            });
  }

  @Test
  void aVerbMaySayOtherwiseWhyItFailed() {
    assertThatThrownBy(
            () ->
                run(runs::add)
                    .record(
                        () -> fail(new IllegalStateException("a secret")),
                        VerbRunTest::fine,
                        failure -> VerbRun.End.failed(ExitCode.WRONG_USAGE, "unsaid")))
        .hasMessage("a secret");
    assertThat(runs)
        .singleElement()
        .satisfies(
            run -> {
              assertThat(run.exitCode()).isEqualTo(ExitCode.WRONG_USAGE);
              assertThat(run.message()).contains("unsaid");
            });
  }

  @Test
  void aFailureIsNotHiddenIfItCannotBeRecorded() {
    IllegalStateException failure = new IllegalStateException("Cannot read till.events");
    IllegalStateException unrecorded = new IllegalStateException("Cannot write ops.runs");

    assertThatThrownBy(
            () -> run(ended -> fail(unrecorded)).record(() -> fail(failure), VerbRunTest::fine))
        .isSameAs(failure)
        .hasSuppressedException(unrecorded);
  }

  private static Object fail(RuntimeException failure) {
    throw failure;
  }

  private static VerbRun.End fine(Object done) {
    return new VerbRun.End(ExitCode.FINE, "fine", "");
  }
}
