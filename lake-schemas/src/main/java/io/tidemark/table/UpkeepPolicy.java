package io.tidemark.table;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.hadoop.fs.Path;

/**
 * What is done for a table, and what has to stay.
 *
 * @param filesPerDate how many small files a date may have
 * @param isClosed whether nobody writes to a date any more as a rule
 * @param keepSince every version since then stays
 * @param oldVersions how many older ones there may be: to forget some has its price, too
 * @param orphansBefore files of no version go that were made before then, if they are to go now: of
 *     those made since, a writer may be about to commit some
 * @param readers checkpoints of queries that read the table as a stream; what one of them has yet
 *     to read stays
 */
public record UpkeepPolicy(
    long filesPerDate,
    Predicate<LocalDate> isClosed,
    Instant keepSince,
    long oldVersions,
    Optional<Instant> orphansBefore,
    List<Path> readers) {
  /** A file is small below half of this, so that two small ones always fit into one. */
  public static final long FILE_BYTES = 256L << 20;

  /** Clocks of the machines that write to a table may differ by as much. */
  public static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** Before when orphans of a table go, if it is old enough to have some. */
  public Optional<Instant> orphansBefore(Optional<Instant> created) {
    return orphansBefore.filter(
        before -> created.map(at -> !at.minus(CLOCK_SKEW).isAfter(before)).orElse(true));
  }

  public UpkeepPolicy {
    readers = List.copyOf(readers);
  }
}
