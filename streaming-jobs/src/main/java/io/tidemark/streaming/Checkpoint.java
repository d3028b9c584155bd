package io.tidemark.streaming;

import io.tidemark.lake.LandedTopic;
import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.SchemaMemory;
import io.tidemark.landing.TopicPartition;
import io.tidemark.table.CheckpointFiles;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;

/**
 * What Spark wrote about a batch before it ran: {@code offsets/N} is an {@link OffsetLog}, and
 * {@code sources/0/0} holds the offsets that batch 0 began at. Beside them, in {@code topic-id},
 * stands which topic they are offsets of.
 */
final class Checkpoint {
  private static final String TOPIC = LandedTopic.FILE;

  private final CheckpointFiles files;
  private final Runnable lease;

  /** One that nobody else uses. */
  Checkpoint(Path root, Configuration hadoop) {
    this(root, hadoop, () -> {});
  }

  /**
   * @param lease throws once another application goes on from here
   */
  Checkpoint(Path root, Configuration hadoop, Runnable lease) {
    this.files = new CheckpointFiles(root, hadoop);
    this.lease = lease;
  }

  /**
   * Before anything is written by it.
   *
   * @throws IllegalStateException if another application has taken over
   */
  void requireLease() {
    lease.run();
  }

  Path path() {
    return files.root();
  }

  String location() {
    return files.root().toString();
  }

  boolean isEmpty() {
    return lastPlanned().isEmpty();
  }

  /** The last batch whose offsets are known. */
  OptionalLong lastPlanned() {
    return files.numbers("offsets").max();
  }

  /** The last batch that Spark knows to be done. */
  OptionalLong lastCommitted() {
    return files.numbers("commits").max();
  }

  /** Which topic it is of, if that was kept. */
  Optional<String> topic() {
    return files.has(TOPIC)
        ? Optional.of(files.text(TOPIC).strip()).filter(id -> !id.isEmpty())
        : Optional.empty();
  }

  /** Where that is kept. */
  String topicFile() {
    return files.path(TOPIC).toString();
  }

  void keepTopic(String id) {
    files.write(TOPIC, id);
  }

  /** By which schemas the query has landed. */
  SchemaMemory schemas() {
    return SchemaMemory.in(files);
  }

  /** The topic that a batch was planned from. */
  String topicName(long batch) {
    return ends(batch).keySet().iterator().next().topic();
  }

  /** Where a batch over Kafka ends, of every partition. */
  Map<TopicPartition, Long> ends(long batch) {
    return batch(batch).ends();
  }

  /**
   * Plans the batch after the last one, as Spark does: without a record, ending there.
   *
   * @throws IllegalStateException if somebody else has planned it since
   */
  void plan(long batch, Map<TopicPartition, Long> ends) {
    create("offsets/" + batch, batch(batch - 1).followedBy(ends).text());
  }

  /**
   * Calls a batch done that the one before it was.
   *
   * @throws IllegalStateException if somebody else has done so since
   */
  void commit(long batch) {
    create("commits/" + batch, files.text("commits/" + (batch - 1)));
  }

  private void create(String name, String text) {
    if (!files.createWhole(name, text)) {
      throw new IllegalStateException(
          "Cannot go on from checkpoint %s: %s has just appeared in it, which another stream must have written. See that only one stream of this pipeline runs, then start it again."
              .formatted(files.root(), name));
    }
  }

  /** The id that the query has had since this checkpoint was new. */
  String id() {
    return files.json(files.text("metadata")).path("id").asText();
  }

  /** The watermark that the batches before a batch have reached; empty before there is one. */
  Optional<Instant> watermark(long batch) {
    return batch(batch).watermark();
  }

  /** When the batch was planned, by the clock of the machine that did; a retry keeps it. */
  Instant plannedAt(long batch) {
    return batch(batch).plannedAt();
  }

  /**
   * The offsets that a batch over Kafka accounts for; partitions without new ones are left out. The
   * first batch accounts for those before its beginning, too.
   */
  List<PlannedSpan> planned(long batch) {
    Map<TopicPartition, Long> begin = batch == 0 ? Map.of() : batch(batch - 1).ends();
    List<PlannedSpan> spans = new ArrayList<>();
    batch(batch)
        .ends()
        .forEach(
            (place, until) -> {
              // A partition that was added to the topic is read from its beginning.
              long from = begin.getOrDefault(place, 0L);
              if (until > from) {
                spans.add(new PlannedSpan(place, from, until));
              }
            });
    return spans;
  }

  /** Where the first batch over Kafka began: at the first offsets that there were. */
  Map<TopicPartition, Long> beginning() {
    String file = "sources/0/0";
    return OffsetLog.beginning(files.path(file).toString(), files.text(file));
  }

  /**
   * Where the next batch over Kafka begins to read, or the one that was planned and is not done;
   * empty before there is any.
   */
  Map<TopicPartition, Long> wanted() {
    OptionalLong planned = lastPlanned();
    if (planned.isEmpty()) {
      return Map.of();
    }
    long done = lastCommitted().orElse(-1);
    if (done >= planned.getAsLong()) {
      return batch(planned.getAsLong()).ends();
    }
    return planned.getAsLong() == 0 ? beginning() : batch(planned.getAsLong() - 1).ends();
  }

  /**
   * Before Spark goes on from it: of a file that is not as Spark writes it, Spark says less, or
   * takes it for another.
   *
   * @throws IllegalStateException if what the last batches left behind cannot be read
   */
  void require() {
    requireLease();
    lastPlanned().ifPresent(last -> batch(last).requireOffsets());
    lastCommitted()
        .ifPresent(
            last -> {
              String file = "commits/" + last;
              OffsetLog.requireCommit(files.path(file).toString(), files.text(file));
            });
  }

  /** The same of a query over Kafka. */
  void requireTopic() {
    require();
    lastPlanned().ifPresent(last -> batch(last).ends());
  }

  private OffsetLog batch(long batch) {
    String file = "offsets/" + batch;
    return OffsetLog.parse(files.path(file).toString(), files.text(file));
  }
}
