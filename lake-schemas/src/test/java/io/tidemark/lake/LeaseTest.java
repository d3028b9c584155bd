package io.tidemark.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.CheckpointFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
    assertThat(Lease.holder(files())).contains("first");
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
            throw new java.io.UncheckedIOException(e);
          }
          assertThat(pins.since().orElseThrow()).isBetween(before, Instant.now());
          return null;
        });

    assertThat(pins.since()).isEmpty();
  }
}
