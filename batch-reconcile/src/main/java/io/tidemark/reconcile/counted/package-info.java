/**
 * Did the stream count this delivery, and by what rule? The proof of a cause is the view's SQL over
 * what the stream has counted: if that gives the row that the stream has written, nothing else was
 * wrong with it.
 *
 * <p>The recomputation counts a delivery if no delivery of its id that landed earlier has an event
 * time within the view's {@code deduplication-window} ({@link io.tidemark.view.DeliveryOrder}). The
 * stream counts fewer, and at times others:
 *
 * <ol>
 *   <li><b>Dropped by the refresh that read it.</b> A delivery is late if {@code ops.refreshes}
 *       says that the batch that read its landing dropped it: its event time is at or before {@code
 *       late_at}, or after {@code ahead_at}. If several checkpoints have read the landing, the last
 *       one decides.
 *   <li><b>Not read yet.</b> A delivery that landed after everything that the refresh has read is
 *       late if its event time is at or before the watermark: the refresh will drop it. One that
 *       the refresh has passed over without reading, since history had expired, is not late.
 *   <li><b>A date that was never sealed</b> holds the deliveries that count among those that are
 *       not late ({@link io.tidemark.reconcile.counted.StreamCount#counted}).
 *   <li><b>A date that was sealed</b> holds what its last seal has counted: the deliveries that
 *       count among all, late or not, up to the landing {@code landed_through} of the seal, and
 *       none that landed later. The stream writes nothing more to a sealed date, and no later
 *       landing changes which of the earlier deliveries count. An event whose window reaches past
 *       midnight counts on two dates, each with a seal of its own, so that such dates are taken
 *       apart ({@link io.tidemark.reconcile.counted.SealedLandings}).
 *   <li><b>Less only what was replayed.</b> Of the deliveries that rules 1 to 4 leave out, leave
 *       out only those that were dead letters before ({@link
 *       io.tidemark.reconcile.counted.StreamCount#unreplayed}). If that gives the row already, its
 *       cause is {@code replayed} rather than {@code late}.
 *   <li><b>Deliveries of one id that differ.</b> The stream does not look who landed first. It
 *       counts the delivery of an id that it meets first, which is any of those of one batch, and
 *       remembers the id until its watermark has passed the delivery's event time by the lateness.
 *       What comes meanwhile is a duplicate; what comes later counts again, and so does everything
 *       that a new checkpoint reads. Which of one batch it met first is not kept, so the proof
 *       tries the ways in which it can have chosen ({@link
 *       io.tidemark.reconcile.counted.StreamChoice}).
 * </ol>
 *
 * <p>{@link io.tidemark.reconcile.counted.StreamCount} answers by rules 1 to 5, and finds for rule
 * 6 the {@link io.tidemark.reconcile.counted.Choices} that the stream had, which {@link
 * io.tidemark.reconcile.counted.ChosenDuplicates} marks on the deliveries.
 */
package io.tidemark.reconcile.counted;
