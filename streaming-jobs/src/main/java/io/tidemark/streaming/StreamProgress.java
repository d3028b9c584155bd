package io.tidemark.streaming;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Says how far a stream is: on a terminal whenever a batch has ended, elsewhere once a minute. */
final class StreamProgress implements AutoCloseable {
  private static final Duration ELSEWHERE = Duration.ofMinutes(1);

  private final Supplier<StreamStanding> stream;
  private final Consumer<String> said;
  private final boolean isTerminal;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
          });
  private StreamStanding last;
  private Instant saidAt;

  /**
   * @param stream is asked how far it is
   */
  StreamProgress(
      Supplier<StreamStanding> stream, Consumer<String> said, boolean isTerminal, Clock clock) {
    this.stream = stream;
    this.said = said;
    this.isTerminal = isTerminal;
    this.clock = clock;
    this.last = stream.get();
    this.saidAt = clock.instant();
  }

  /** The same, looking every second until it is closed. */
  static StreamProgress start(Supplier<StreamStanding> stream, Consumer<String> said) {
    StreamProgress progress =
        new StreamProgress(stream, said, System.console() != null, Clock.systemUTC());
    progress.timer.scheduleWithFixedDelay(progress::look, 1, 1, TimeUnit.SECONDS);
    return progress;
  }

  void look() {
    StreamStanding now = stream.get();
    Instant time = clock.instant();
    boolean isDue = isTerminal ? !now.isAsFarAs(last) : !time.isBefore(saidAt.plus(ELSEWHERE));
    if (isDue) {
      said.accept(StreamText.progress(now));
      last = now;
      saidAt = time;
    }
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
