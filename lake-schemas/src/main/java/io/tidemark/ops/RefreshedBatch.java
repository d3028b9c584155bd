package io.tidemark.ops;

import io.tidemark.table.Commit;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What one batch of a view's refresh read, dropped and left behind; see {@link
 * Operations#REFRESHES}.
 *
 * @param landedFrom the first landing batch that it read, empty if it read none
 * @param landedThrough the last landing batch that it read
 * @param lateAt events at or before this time were dropped as late; empty if none could be
 * @param aheadAt events after this time were not taken in: they are ahead of the clock; empty of a
 *     batch that did not look at a clock
 * @param watermark the watermark after the batch: the next batch drops by it
 * @param rows rows written to the view
 * @param sealedRows rows not written because their date is sealed
 * @param refreshedAt when the view had been written; in rows of earlier versions, when its rows had
 *     been made
 * @param viewVersion of the SQL that it ran; empty if it is of a time when that was not kept
 * @param newestEvent the time of the newest event that it and the batches before it have taken in;
 *     empty if there was none, or if it is of a time when that was not kept
 * @param late how many deliveries were dropped as late; empty if it is of a time when that was not
 *     kept
 */
public record RefreshedBatch(
    String checkpoint,
    long batch,
    OptionalLong landedFrom,
    OptionalLong landedThrough,
    Optional<Instant> lateAt,
    Optional<Instant> aheadAt,
    Instant watermark,
    long rows,
    long sealedRows,
    Instant refreshedAt,
    Optional<String> viewVersion,
    Optional<Instant> newestEvent,
    OptionalLong late) {

  /** Of a batch that did not look at a clock, as all were once. */
  public RefreshedBatch(
      String checkpoint,
      long batch,
      OptionalLong landedFrom,
      OptionalLong landedThrough,
      Optional<Instant> lateAt,
      Instant watermark,
      long rows,
      long sealedRows,
      Instant refreshedAt) {
    this(
        checkpoint,
        batch,
        landedFrom,
        landedThrough,
        lateAt,
        Optional.empty(),
        watermark,
        rows,
        sealedRows,
        refreshedAt,
        Optional.empty(),
        Optional.empty(),
        OptionalLong.empty());
  }

  /** The same, written to the view only then. */
  public RefreshedBatch writtenAt(Instant time) {
    return new RefreshedBatch(
        checkpoint,
        batch,
        landedFrom,
        landedThrough,
        lateAt,
        aheadAt,
        watermark,
        rows,
        sealedRows,
        time,
        viewVersion,
        newestEvent,
        late);
  }

  /**
   * Whether the watermark is ahead of a clock: one event from the future took it along, and every
   * honest event is late by it.
   */
  public boolean isAheadOf(Instant clock, Duration maxFuture) {
    return watermark.isAfter(clock.plus(maxFuture));
  }

  /** Its identity. The checkpoint belongs to it, since a new one counts from 0 again. */
  public Commit commit(String pipeline, String view) {
    return new Commit("%s.refresh.%s@%s".formatted(pipeline, view, checkpoint), batch);
  }
}
