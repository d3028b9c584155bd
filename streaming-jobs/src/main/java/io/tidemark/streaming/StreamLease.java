package io.tidemark.streaming;

import io.tidemark.lake.Lease;
import io.tidemark.lake.LeaseHeldException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.session.LakeSession;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one application at a time go on from the checkpoints of a pipeline. Spark notices a second
 * one only when both have planned the same batch, and then it is chance which of the two fails.
 */
final class StreamLease implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StreamLease.class);

  private final CheckpointFiles folder;
  private final Lease lease;

  private StreamLease(CheckpointFiles folder, Lease lease) {
    this.folder = folder;
    this.lease = lease;
  }

  /**
   * Waits up to half a minute for a sign of life, if an application elsewhere has it.
   *
   * @throws IllegalStateException if another application has it and is alive
   */
  static StreamLease take(SparkSession spark, Pipeline pipeline, Environment environment) {
    Path checkpoints = new Path(LakeSession.path(environment.checkpoints()), pipeline.name());
    CheckpointFiles folder =
        new CheckpointFiles(
            new Path(checkpoints, "lease"), spark.sparkContext().hadoopConfiguration());
    try {
      Lease lease =
          Lease.await(
              folder,
              "application " + spark.sparkContext().applicationId(),
              other ->
                  LOG.warn(
                      "The checkpoints in {} were last used by {}, which has not returned them. If it gives no sign of life for 30 s, this stream takes over.",
                      checkpoints,
                      other));
      return new StreamLease(folder, lease);
    } catch (LeaseHeldException e) {
      throw new IllegalStateException(
          "Cannot stream pipeline %s: another stream has its checkpoints in %s: %s. Stop that one first, or name another warehouse and other checkpoints in the environment file."
              .formatted(pipeline.name(), checkpoints, e.holder()),
          e);
    }
  }

  /**
   * @throws IllegalStateException if another application has taken over
   */
  void require() {
    if (!lease.isStillHeld()) {
      throw taken(null);
    }
  }

  /**
   * The same while nothing is being written: if that cannot be told now, it is asked again soon.
   *
   * @throws IllegalStateException if another application has taken over
   */
  void requireIfTold() {
    boolean isHeld;
    try {
      isHeld = lease.isStillHeld();
    } catch (RuntimeException e) {
      LOG.warn("Cannot read who has the checkpoints", e);
      return;
    }
    if (!isHeld) {
      throw taken(null);
    }
  }

  /**
   * @param failure that may come from that, or from what keeps the lease from being read as well
   * @throws IllegalStateException if another application has taken over
   */
  void refuseIfTaken(Exception failure) {
    boolean isHeld;
    try {
      isHeld = lease.isHeld();
    } catch (RuntimeException e) {
      failure.addSuppressed(e);
      return;
    }
    if (!isHeld) {
      throw taken(failure);
    }
  }

  private IllegalStateException taken(Exception failure) {
    return new IllegalStateException(
        "Cannot continue: this stream gave no sign of life for too long, and another one has taken over its checkpoints (%s). It goes on from the last batch that was committed."
            .formatted(other()),
        failure);
  }

  private String other() {
    try {
      return Lease.holder(folder).orElse("it has ended since");
    } catch (RuntimeException e) {
      LOG.warn("Cannot read who has the checkpoints", e);
      return "which one cannot be read";
    }
  }

  /** Returns it. After that no query may be running. */
  @Override
  public void close() {
    lease.close();
  }
}
