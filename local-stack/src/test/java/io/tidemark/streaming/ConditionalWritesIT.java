package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.lake.Lease;
import io.tidemark.lake.Pins;
import io.tidemark.local.S3Proxy;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.ConditionalWrites;
import io.tidemark.table.NewFile;
import io.tidemark.table.ObjectCheckpoints;
import io.tidemark.table.session.LakeSession;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files on S3 that nobody but one writer makes, and what stands on them. */
class ConditionalWritesIT {
  @TempDir private static Path folder;
  private static S3Proxy s3;

  @BeforeAll
  static void start() throws Exception {
    s3 = S3Proxy.start(folder);
  }

  @AfterAll
  static void stop() {
    s3.close();
  }

  @Test
  void ofManyWhoMakeAFileOneDoes() throws Exception {
    CheckpointFiles files = s3.files("made");

    for (int round = 0; round < 20; round++) {
      String name = "of-" + round;
      List<Integer> made =
          IntStream.range(0, 8)
              .parallel()
              .filter(each -> files.create(name, "by " + each))
              .boxed()
              .toList();

      assertThat(made).as(name).hasSize(1);
      assertThat(files.text(name)).isEqualTo("by " + made.get(0));
    }
  }

  @Test
  void aFileIsWholeOrNotThere() throws Exception {
    CheckpointFiles files = s3.files("whole");
    FileSystem s3a = files.root().getFileSystem(files.hadoop());

    try (NewFile given = new NewFile(s3a, files.path("given-up"))) {
      given.write(new byte[] {1});
      given.abort();
    }

    assertThat(files.createWhole("written", "first")).isTrue();
    assertThat(files.createWhole("written", "second")).isFalse();
    assertThat(files.names()).containsExactly("written");
    assertThat(files.text("written")).isEqualTo("first");
    assertThatThrownBy(() -> NewFile.write(s3a, files.path("written"), "third"))
        .isInstanceOf(FileAlreadyExistsException.class);
    assertThat(files.text("written")).isEqualTo("first");
  }

  @Test
  void whoLosesTheAnswerToItsOwnWriteHasWritten() throws Exception {
    writesInSpiteOf(BadAnswer.Kind.LOST);
  }

  @Test
  void whoIsToldToTryAgainDoes() throws Exception {
    writesInSpiteOf(BadAnswer.Kind.CONFLICT);
  }

  private void writesInSpiteOf(BadAnswer.Kind first) throws Exception {
    Configuration hadoop = s3.hadoop();
    URI place = s3.place("bad-answer-" + first.ordinal());
    try (BadAnswer before = BadAnswer.before(URI.create(hadoop.get("fs.s3a.endpoint")), first)) {
      hadoop.set("fs.s3a.endpoint", before.url());
      try (FileSystem s3a = FileSystem.newInstance(s3.place(""), hadoop)) {
        var file = new org.apache.hadoop.fs.Path(place + "/answer");

        NewFile.write(s3a, file, "mine");

        assertThat(before.connections()).as("it was sent again").isGreaterThan(1);
        assertThat(s3.files("bad-answer-" + first.ordinal()).text("answer")).isEqualTo("mine");
        assertThatThrownBy(() -> NewFile.write(s3a, file, "another's"))
            .isInstanceOf(FileAlreadyExistsException.class);
      }
    }
  }

  @Test
  void ofManyWhoTakeALeaseOneHasIt() {
    CheckpointFiles lease = s3.files("checkpoints/_maintain/lease");
    for (int round = 0; round < 3; round++) {
      List<Lease> taken =
          IntStream.range(0, 6)
              .parallel()
              .mapToObj(each -> Lease.take(lease, "holder " + each))
              .flatMap(Optional::stream)
              .toList();

      assertThat(taken.stream().filter(Lease::isHeld)).hasSize(1);
      assertThat(Lease.take(lease, "another")).isEmpty();
      taken.forEach(Lease::close);
    }
    Pins pins = new Pins(s3.files("checkpoints/_maintain/pins"));
    assertThat(pins.since()).isEmpty();
    assertThat(pins.during("run", pins::since)).isPresent();
    assertThat(pins.since()).isEmpty();
  }

  /** Two that were started on one checkpoint. */
  @Test
  void ofTwoDriversThatPlanABatchOneFails() throws Exception {
    Configuration hadoop = s3.hadoop();
    var place = LakeSession.path(s3.place("checkpoints/two/offsets"));
    ObjectCheckpoints one = new ObjectCheckpoints(place, hadoop);
    var first = one.createAtomic(new org.apache.hadoop.fs.Path(place, "0"), false);
    var second =
        new ObjectCheckpoints(place, hadoop)
            .createAtomic(new org.apache.hadoop.fs.Path(place, "0"), false);
    first.write(1);
    second.write(2);
    first.close();

    assertThatThrownBy(second::close).isInstanceOf(FileAlreadyExistsException.class);
    second.cancel();
    var cancelled = one.createAtomic(new org.apache.hadoop.fs.Path(place, "1"), true);
    cancelled.write(1);
    cancelled.cancel();
    assertThat(s3.files("checkpoints/two/offsets").names()).containsExactly("0");
  }

  @Test
  void aStoreIsTriedBeforeItIsUsed() throws Exception {
    assertThat(ConditionalWrites.problem(s3.place("tried"), s3.hadoop())).isEmpty();
    assertThat(s3.files("tried").names()).isEmpty();
    assertThat(ConditionalWrites.problem(URI.create("file:///nowhere"), s3.hadoop())).isEmpty();
    assertThat(
            ConditionalWrites.problem(URI.create("s3a://nowhere/lake"), s3.hadoop()).orElseThrow())
        .startsWith("Cannot write to s3a://nowhere/lake: ")
        .contains("fs.s3a settings");

    Configuration wrong = s3.hadoop();
    wrong.set("fs.s3a.secret.key", "guessed");
    assertThat(ConditionalWrites.problem(s3.place("tried"), wrong).orElseThrow())
        .contains("credentials")
        .doesNotContain("guessed");
    try (IgnorantStore ignorant = IgnorantStore.start()) {
      Configuration hadoop = s3.hadoop();
      hadoop.set("fs.s3a.endpoint", ignorant.url());
      assertThat(ConditionalWrites.problem(s3.place("tried"), hadoop).orElseThrow())
          .startsWith(
              "Cannot use %s: this store ignores the condition If-None-Match"
                  .formatted(s3.place("tried")));
    }
    Configuration away = s3.hadoop();
    away.set("fs.s3a.endpoint", "http://127.0.0.1:9");
    assertThat(ConditionalWrites.problem(s3.place("tried"), away).orElseThrow())
        .startsWith("Cannot write to %s: ".formatted(s3.place("tried")));
  }
}
