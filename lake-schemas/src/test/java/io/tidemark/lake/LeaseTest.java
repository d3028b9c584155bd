package io.tidemark.lake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tidemark.table.CheckpointFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseTest {
  @TempDir private Path folder;

  private CheckpointFiles files() {
    return new CheckpointFiles(
        new org.apache.hadoop.fs.Path(folder.resolve("lease").toUri()), new Configuration());
  }

  private Optional<Lease> take(String holder) {
    return Lease.take(files(), holder);
  }

  /** As if its holder had given no sign of life since. */
  private void age(int number) throws IOException {
    Files.setLastModifiedTime(
        folder.resolve("lease/" + number), FileTime.from(Instant.now().minusSeconds(100)));
  }

  @Test
  void oneAtATimeHasIt() {
    Lease first = take("first").orElseThrow();

    assertThat(first.isHeld()).isTrue();
    assertThat(take("second")).isEmpty();
    assertThat(Lease.holder(files()).orElseThrow())
        .startsWith("first, process %d on ".formatted(ProcessHandle.current().pid()))
        .contains(", since 2");
    first.close();
    assertThat(Lease.holder(files())).isEmpty();
    assertThat(take("second")).isPresent();
  }

  @Test
  void oneThatIsSilentForAMinuteIsPassedOverAndFindsOut() throws IOException {
    Lease silent = take("silent").orElseThrow();
    age(1);

    Lease next = take("next").orElseThrow();

    assertThat(silent.isHeld()).isFalse();
    silent.close();
    assertThat(next.isHeld()).isTrue();
    assertThat(take("third")).isEmpty();
    next.close();
    Lease third = take("third").orElseThrow();
    assertThat(silent.isHeld()).as("its number is never given again").isFalse();
    assertThat(next.isHeld()).isFalse();
    third.close();
  }

  @Test
  void ofManyWhoTakeItAtOnceOneGetsIt() throws IOException {
    for (int round = 1; round <= 20; round++) {
      List<Lease> taken =
          IntStream.range(0, 8)
              .parallel()
              .mapToObj(each -> take("holder " + each))
              .flatMap(Optional::stream)
              .toList();

      assertThat(taken.stream().filter(Lease::isHeld)).hasSize(1);
      taken.forEach(Lease::close);
    }
  }

  @Test
  void oneThatWasKilledHereIsPassedOverAtOnce() throws Exception {
    Process killed = new ProcessBuilder("true").start();
    killed.waitFor();
    files().write("7", holder(machine(), killed.pid()).text());

    Lease next = Lease.await(files(), "next", LeaseTest::unexpected);

    assertThat(next.isStillHeld()).isTrue();
    next.close();
    files().write("9", holder(machine(), ProcessHandle.current().pid()).text());
    try (Lease again = Lease.await(files(), "its id is mine now", LeaseTest::unexpected)) {
      assertThat(again.isHeld()).isTrue();
    }
  }

  @Test
  void oneThatLivesHereIsKnownByWhenItBegan() throws Exception {
    String machine = machine();
    Process living = new ProcessBuilder("sleep", "60").start();
    try {
      String status = Files.readString(Path.of("/proc/" + living.pid() + "/stat"));
      long ticks = Long.parseLong(status.split(" ")[21]);
      LeaseHolder same = holder(machine, living.pid(), ticks);
      assertThat(same.isGone()).isFalse();
      files().write("1", same.text());
      assertThatThrownBy(() -> Lease.await(files(), "next", LeaseTest::unexpected))
          .isInstanceOf(LeaseHeldException.class);
      assertThat(holder(machine, living.pid(), ticks - 1).isGone()).isTrue();
      assertThat(holder(machine, living.pid()).isGone()).as("nobody knows when").isFalse();
    } finally {
      living.destroyForcibly().waitFor();
    }
  }

  @Test
  void oneThatRunsHereIsToldAtOnce() {
    try (Lease first = Lease.await(files(), "first", LeaseTest::unexpected)) {
      assertThatThrownBy(() -> Lease.await(files(), "second", LeaseTest::unexpected))
          .isInstanceOfSatisfying(
              LeaseHeldException.class,
              held -> assertThat(held.holder()).startsWith("first, process "));
      assertThat(first.isHeld()).isTrue();
    }
  }

  /** Whatever the clocks there and here show. */
  @ParameterizedTest
  @ValueSource(longs = {-300, 0, 3600})
  void oneElsewhereIsPassedOverIfItIsSilent(long clock) throws IOException {
    files().write("1", holder("another machine", 1).text());
    Files.setLastModifiedTime(
        folder.resolve("lease/1"), FileTime.from(Instant.now().plusSeconds(clock)));
    List<String> waitedFor = new ArrayList<>();

    Lease next = Lease.await(files(), "next", Duration.ofMillis(300), waitedFor::add);

    assertThat(waitedFor).singleElement().asString().startsWith("other, process 1 on there");
    assertThat(next.isHeld()).isTrue();
    next.close();
  }

  @Test
  void oneElsewhereThatGivesASignOfLifeKeepsIt() {
    LeaseHolder other = holder("another machine", 1);
    files().write("1", other.text());

    assertThatThrownBy(
            () -> Lease.await(files(), "next", waiting -> files().write("1", other.text())))
        .isInstanceOfSatisfying(
            LeaseHeldException.class,
            held -> assertThat(held.holder()).startsWith("other, process 1 on there"));
    assertThat(files().names()).containsExactly("1");
  }

  @Test
  void oneElsewhereThatReturnsItIsNotWaitedForAnyLonger() {
    files().write("1", holder("another machine", 1).text());

    try (Lease next =
        Lease.await(files(), "next", waiting -> new LeaseFiles(files()).giveBack(1))) {
      assertThat(next.isHeld()).isTrue();
    }
  }

  @Test
  void oneThatWasSilentForLongIsNotWaitedFor() throws IOException {
    files().write("1", holder("another machine", 1).text());
    Files.setLastModifiedTime(
        folder.resolve("lease/1"), FileTime.from(Instant.now().minusSeconds(1000)));

    Lease.await(files(), "next", LeaseTest::unexpected).close();

    assertThat(files().names()).containsExactly("2");
  }

  @Test
  void whatAnEarlierVersionWroteNamesItsHolder() {
    files().write("1", "run 4f since 2026-01-01T00:00:00Z");

    assertThat(Lease.holder(files())).contains("run 4f since 2026-01-01T00:00:00Z");
    assertThat(take("next")).isEmpty();
  }

  @Test
  void whereNothingCanBeWrittenItSaysSo() throws IOException {
    Files.writeString(folder.resolve("lease"), "A file where the folder should be.");

    assertThatThrownBy(() -> Lease.await(files(), "first", LeaseTest::unexpected))
        .hasMessageStartingWith("Cannot take the lease in file:");
    assertThatThrownBy(() -> Lease.await(files().at("below"), "first", LeaseTest::unexpected))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageStartingWith("Cannot write file:");
  }

  private static LeaseHolder holder(String machine, long pid) {
    return holder(machine, pid, 0);
  }

  private static LeaseHolder holder(String machine, long pid, long started) {
    return new LeaseHolder(
        "other", "there", machine, pid, started, "another process", Instant.now());
  }

  /** Of this process. */
  private static String machine() {
    String machine = LeaseHolder.thisProcess("").machine();
    assumeThat(machine).as("only Linux tells").isNotEmpty();
    return machine;
  }

  private static void unexpected(String waitedFor) {
    throw new AssertionError("nobody is waited for, but " + waitedFor);
  }

  @Test
  void pinsAreOfThoseWhoLive() throws IOException {
    Pins pins = new Pins(files());
    assertThat(pins.since()).isEmpty();
    Instant before = Instant.now();

    pins.during(
        "1",
        () -> {
          assertThat(pins.since().orElseThrow()).isBetween(before, Instant.now());
          files().write("2", "2011-01-01T");
          assertThat(pins.since()).as("written by half").contains(Instant.EPOCH);
          try {
            Files.setLastModifiedTime(
                folder.resolve("lease/2"), FileTime.from(Instant.now().minusSeconds(1000)));
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
          assertThat(pins.since().orElseThrow()).isBetween(before, Instant.now());
          return null;
        });

    assertThat(pins.since()).isEmpty();
  }
}
