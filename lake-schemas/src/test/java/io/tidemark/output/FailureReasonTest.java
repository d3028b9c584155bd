package io.tidemark.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.UnknownHostException;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.apache.hadoop.util.VersionInfo;
import org.apache.spark.SparkException;
import org.apache.spark.errors.SparkCoreErrors;
import org.apache.spark.storage.RDDBlockId;
import org.junit.jupiter.api.Test;

class FailureReasonTest {
  private final Exception reason = new IllegalStateException("Cannot reach the registry");

  @Test
  void whatThreadsAndSparkWrapAFailureInIsLeftOut() {
    Exception job = new SparkException("Job aborted due to stage failure: Task 0 …", reason);

    assertThat(FailureReason.of(new CompletionException(new ExecutionException(job))))
        .isEqualTo("Cannot reach the registry");
  }

  @Test
  void theAddressOfACatalogIsNotSaid() {
    assertThat(
            FailureReason.of(
                new IllegalStateException(
                    "No suitable driver found for jdbc:postgresql://u:secret@db/lake?ssl=1 here")))
        .isEqualTo("No suitable driver found for jdbc:… here");
  }

  @Test
  void aFullDiskIsToldAndNotOnlyWhereItWasWrittenTo() {
    Exception disk = new IOException("No space left on device");
    Exception task = new SparkException("[TASK_WRITE_FAILED] Task failed\nwhile writing", disk);

    for (Exception failure :
        List.of(
            new SparkException("Job aborted due to\nstage failure", task),
            new IllegalStateException("Cannot commit", disk),
            new FileSystemException("/lake/warehouse/x", null, "No space left on device"))) {
      assertThat(FailureReason.of(failure))
          .startsWith("Cannot write: the disk is full. Make room where the lake is")
          .contains(System.getProperty("java.io.tmpdir"));
    }
    Exception circle = new IllegalStateException("Cannot start");
    circle.initCause(new IllegalStateException("again", circle));
    assertThat(FailureReason.of(circle)).isEqualTo("Cannot start");
  }

  @Test
  void rowsThatWereLostWithAnExecutorAreToldWithTheWayOn() {
    Throwable task = SparkCoreErrors.checkpointRDDBlockIdNotFoundError(new RDDBlockId(3, 0));
    Exception job = new SparkException("Job aborted due to stage failure: Task 0 …", task);

    assertThat(FailureReason.isOfLostRows(job)).isTrue();
    assertThat(FailureReason.of(job))
        .isEqualTo(
            "Cannot go on: an executor is gone, and with it rows that are read only once. Run it again. What has been written is complete.");
    assertThat(FailureReason.isOfLostRows(reason)).isFalse();
  }

  @Test
  void packagesThatDoNotFitTogetherAreTold() {
    Error missing = new NoSuchMethodError("'void org.apache.hadoop.fs.X.y()'");

    assertThat(FailureReason.of(new IllegalStateException("Cannot start", missing)))
        .startsWith("Cannot go on: java.lang.NoSuchMethodError: 'void org.apache.hadoop.fs.X.y()'.")
        .contains("Spark's own Hadoop, which is " + VersionInfo.getVersion() + " here");
  }

  @Test
  void aClassThatIsThereAndOfNoUseIsNotSaidToBeMissing() {
    for (Error failure :
        List.of(
            new IllegalAccessError("class X cannot access class sun.nio.ch.DirectBuffer"),
            new NoClassDefFoundError("Could not initialize class org.rocksdb.RocksDB"))) {
      assertThat(FailureReason.of(failure)).isEqualTo(failure.getMessage());
    }
  }

  @Test
  void aFailureThatSaysSomethingOfItsOwnIsNotLeftOut() {
    assertThat(FailureReason.of(new IllegalArgumentException("Cannot start", reason)))
        .isEqualTo("Cannot start");
    assertThat(FailureReason.of(new SparkException("No memory", reason))).isEqualTo("No memory");
    assertThat(FailureReason.of(new SparkException("Job aborted", null))).isEqualTo("Job aborted");
    assertThat(FailureReason.of(new NullPointerException()))
        .isEqualTo("java.lang.NullPointerException");
    assertThat(FailureReason.of(new UnknownHostException("kafka-1")))
        .isEqualTo("java.net.UnknownHostException: kafka-1");
  }
}
