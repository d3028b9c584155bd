package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RivalTest {
  private static final Totals ALL = new Totals(3, 9, 900);
  private static final Totals ONCE = new Totals(2, 6, 600);
  private static final Delivered DELIVERED = new Delivered(ALL, ONCE);
  private static final String FIGURES =
      """
      {"cold": {"wall": 8.0, "cpu": 12.5}, "warm": {"wall": 4.0, "cpu": 6.0},
       "totals": [[{"purchases": 3, "quantity": 9, "revenueCents": 900}],
                  [{"purchases": 2, "quantity": 6, "revenueCents": 600}]]}""";

  @TempDir private Path folder;

  @Test
  void aRivalIsToldWhatToReadAndItsFiguresAreTaken() throws Exception {
    Rival rival =
        new Rival(
            "loop 🐌",
            "echo \"$BENCH_BROKERS $BENCH_TOPIC\" > \"$BENCH_FOLDER/told\"; printf '%s' '"
                + FIGURES
                + "' > \"$BENCH_RESULT\"");

    Measurement measured = rival.measure("host:1", "sales", folder.resolve("a b"), folder);

    assertThat(Files.readString(folder.resolve("a b/told"))).isEqualTo("host:1 sales\n");
    assertThat(measured.cold().wall()).isEqualTo(Duration.ofSeconds(8));
    assertThat(measured.warm().cpuSeconds()).isEqualTo(6);
    assertThat(measured.totals()).isEqualTo(List.of(List.of(ALL), List.of(ONCE)));
  }

  @Test
  void aRivalThatFailsIsNamedWithItsOutput() {
    assertThatThrownBy(
            () -> new Rival("loop", "echo no broker; exit 3").measure("b", "t", folder, folder))
        .hasMessage(
            "Cannot measure 'loop': it ended with code 3 and without a result. See the logs in "
                + folder);
    assertThat(folder.resolve("bench-rival.log")).hasContent("no broker");
  }

  @Test
  void aRivalCountsIfItsTotalsAreThoseOfWhatWasSent() {
    List<Totals> both = List.of(ALL, ONCE);
    assertThat(result(List.of(both, both, both)).equal()).isTrue();
    assertThat(result(List.of(both, both, List.of(new Totals(3, 9, 899)))).equal()).isFalse();
    assertThat(result(List.of(both, both, List.of())).equal()).isFalse();
    assertThat(result(List.of(both, both)).equal()).isFalse();
  }

  private static Result result(List<List<Totals>> passes) {
    Usage usage = new Usage(Duration.ofSeconds(1), Duration.ofSeconds(2));
    return Result.of(
        new Rival("loop", "true"), List.of(new Measurement(usage, usage, passes)), DELIVERED);
  }
}
