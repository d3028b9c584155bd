package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.CheckpointFiles;
import io.tidemark.table.session.LakeSession;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.hadoop.conf.Configuration;

/**
 * Which processes read versions of tables that were the last ones when they started. What they read
 * stays until they have ended, or given no sign of life for ten minutes.
 */
public record Pins(CheckpointFiles folder) {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  public static Pins of(Environment environment, Configuration hadoop) {
    return new Pins(upkeep(environment, hadoop).at("pins"));
  }

  /** What processes tell each other about the upkeep of a lake. No pipeline has such a name. */
  public static CheckpointFiles upkeep(Environment environment, Configuration hadoop) {
    return new CheckpointFiles(LakeSession.path(environment.checkpoints()), hadoop).at("_maintain");
  }

  /**
   * Pins all that there is from now on until some work is done.
   *
   * @param run names who does it
   */
  public <T> T during(String run, Supplier<T> work) {
    String text = Instant.now().toString();
    folder.write(run, text);
    SignOfLife alive = new SignOfLife(folder.path(run).toString(), () -> folder.write(run, text));
    try {
      return work.get();
    } finally {
      alive.close();
      folder.delete(run);
    }
  }

  /** Since when something is pinned, if anything is. */
  public Optional<Instant> since() {
    List<String> names = folder.names();
    if (names.isEmpty()) {
      return Optional.empty();
    }
    Instant now = folder.now();
    return names.stream()
        .filter(name -> isAlive(name, now))
        .map(this::taken)
        .min(Instant::compareTo);
  }

  private boolean isAlive(String name, Instant now) {
    return folder.modified(name).filter(sign -> sign.plus(PATIENCE).isAfter(now)).isPresent();
  }

  private Instant taken(String name) {
    try {
      return Instant.parse(folder.text(name));
    } catch (DateTimeParseException | UncheckedIOException beingWritten) {
      return Instant.EPOCH;
    }
  }
}
