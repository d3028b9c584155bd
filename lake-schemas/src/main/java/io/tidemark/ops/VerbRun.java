package io.tidemark.ops;

import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * One run of a verb, from its beginning to its row in {@code ops.runs}, which it always gets unless
 * its process is killed or an Error, such as lack of memory, ends it. It names no class of Spark,
 * so that every program can use it.
 */
public final class VerbRun {
  /** The outcome of a run whose message is an error. */
  public static final String FAILED = "failed";

  private final String id = UUID.randomUUID().toString();
  private final String verb;
  private final String pipeline;
  private final Clock clock;
  private final Optional<String> airflowRun;
  private final Consumer<EndedRun> runs;
  private final Instant startedAt;

  private VerbRun(
      String verb,
      String pipeline,
      Clock clock,
      Optional<String> airflowRun,
      Consumer<EndedRun> runs) {
    this.verb = verb;
    this.pipeline = pipeline;
    this.clock = clock;
    this.airflowRun = airflowRun;
    this.runs = runs;
    this.startedAt = clock.instant();
  }

  /**
   * How the work of a run ended.
   *
   * @param outcome a word or two
   * @param message what a person should know
   */
  public record End(int exitCode, String outcome, String message) {

    /** With the reason of a failure. */
    public static End failed(Exception failure) {
      return failed(ExitCode.FAILED, FailureReason.of(failure));
    }

    public static End failed(int exitCode, String message) {
      return new End(exitCode, FAILED, message);
    }
  }

  /**
   * @param airflowRun the run of a DAG that asks for it
   * @param runs appends to {@code ops.runs}
   */
  public static VerbRun begin(
      String verb,
      String pipeline,
      Clock clock,
      Optional<String> airflowRun,
      Consumer<EndedRun> runs) {
    return new VerbRun(verb, pipeline, clock, airflowRun, runs);
  }

  /** What everything that it writes carries. */
  public String id() {
    return id;
  }

  public Instant startedAt() {
    return startedAt;
  }

  /**
   * Does the work, and records how it ended. A failure is recorded too, and thrown; whatever goes
   * wrong with that does not hide it.
   */
  public <T> T record(Supplier<T> work, Function<T, End> ended) {
    return record(work, ended, End::failed);
  }

  /** The same, with other words for failures. */
  public <T> T record(Supplier<T> work, Function<T, End> ended, Function<Exception, End> failed) {
    T done;
    try {
      done = work.get();
    } catch (Exception failure) { // Scala throws checked ones too.
      try {
        append(failed.apply(failure));
      } catch (Exception unrecorded) { // As above.
        failure.addSuppressed(unrecorded);
      }
      throw failure;
    }
    append(ended.apply(done));
    return done;
  }

  private void append(End end) {
    runs.accept(
        new EndedRun(
            id,
            verb,
            pipeline,
            startedAt,
            clock.instant(),
            end.exitCode(),
            end.outcome(),
            Optional.of(end.message()),
            airflowRun));
  }
}
