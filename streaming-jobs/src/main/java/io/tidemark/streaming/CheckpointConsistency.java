package io.tidemark.streaming;

import io.tidemark.output.NamedCommand;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Whether a checkpoint, a topic and a warehouse belong together. Landing goes on by the offsets of
 * the checkpoint, which mean other records on another topic; and its batches are taken for landed
 * or not by their numbers.
 *
 * @param landed the last batch that the ledger of the warehouse has of the query
 */
record CheckpointConsistency(
    String query, KafkaTopic topic, Checkpoint checkpoint, OptionalLong landed) {

  /**
   * @throws IllegalStateException if checkpoint and tables do not
   */
  void requireTables() {
    refuseLostCheckpoint();
    refuseLostTables();
  }

  /**
   * @param topicId see {@link KafkaTopic#id}
   * @throws IllegalStateException if checkpoint and topic do not
   */
  void requireTopic(Optional<String> topicId) {
    topicId.ifPresent(this::refuseOtherTopic);
  }

  /**
   * A new checkpoint would count from batch 0 again, one of yesterday from yesterday's, and the
   * tables hold those commits already: all of it would be skipped. Spark plans a batch in the
   * checkpoint before it lands.
   */
  private void refuseLostCheckpoint() {
    long planned = checkpoint.lastPlanned().orElse(-1);
    if (landed.isPresent() && landed.getAsLong() > planned) {
      throw new IllegalStateException(
          "Cannot start %s: its checkpoint %s %s, but the ledger has its batches up to %d. Put the checkpoint back, or name the right checkpoints folder in the environment file."
              .formatted(
                  query,
                  checkpoint.location(),
                  planned < 0 ? "is empty" : "ends with batch " + planned,
                  landed.getAsLong()));
    }
  }

  /** A batch is in the ledger before Spark calls it committed. */
  private void refuseLostTables() {
    OptionalLong committed = checkpoint.lastCommitted();
    long last = landed.orElse(-1);
    if (committed.isPresent() && committed.getAsLong() > last) {
      throw new IllegalStateException(
          "Cannot start %s: its checkpoint %s says that batches up to %d have landed, but the ledger has %s. Put the warehouse back, or name the right one in the environment file%s."
              .formatted(
                  query,
                  checkpoint.location(),
                  committed.getAsLong(),
                  last < 0 ? "none of them" : "them up to " + last,
                  last < 0
                      ? "; to land the topic from its start in this one, name another checkpoints folder"
                      : ""));
    }
  }

  private void refuseOtherTopic(String id) {
    Optional<String> known = checkpoint.topic();
    if (known.isPresent() && known.get().equals(id)) {
      return;
    }
    if (known.isPresent() && !checkpoint.isEmpty()) {
      throw new IllegalStateException(
          "Cannot start %s: topic '%s' of %s is not the topic of its checkpoint: it was re-created, or is on another cluster (its id is %s, not %s). Name the right brokers in the environment file. %s"
              .formatted(
                  query,
                  topic.name(),
                  topic.environment().brokers(),
                  id,
                  known.get(),
                  landed.isEmpty()
                      ? "Or, since nothing of it has landed, delete the folder %s."
                          .formatted(checkpoint.location())
                      : "Or let producers send to a topic of another name, name that one in the pipeline file, and start once with %s; or, if this one holds the same records at the same offsets, delete the file %s."
                          .formatted(
                              NamedCommand.of("stream --accept-loss"), checkpoint.topicFile())));
    }
    checkpoint.keepTopic(id);
  }
}
