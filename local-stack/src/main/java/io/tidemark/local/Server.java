package io.tidemark.local;

import java.time.Duration;
import java.time.Instant;
import java.util.function.IntFunction;
import java.util.function.Predicate;

/**
 * A server of the local stack that answers.
 *
 * @param address what its clients are configured with
 */
record Server(ServerProcess process, String address) {
  private static final int ATTEMPTS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Duration PAUSE = Duration.ofMillis(100);

  /**
   * Starts a server and waits until it answers. One that ends at once is started again, because
   * another process may have taken its port in between.
   *
   * @param start called with the number of the attempt, from 0
   */
  static Server start(IntFunction<Server> start, Predicate<String> answers) {
    return start(start, answers, PATIENCE);
  }

  static Server start(IntFunction<Server> start, Predicate<String> answers, Duration patience) {
    Server server = start.apply(0);
    for (int attempt = 1; !server.answersInTime(answers, patience); attempt++) {
      server.stop();
      if (attempt == ATTEMPTS) {
        throw new IllegalStateException(
            "Cannot start %s: it ended %d times before it answered. Its log says why: %s%n%s"
                .formatted(
                    server.process.title(),
                    ATTEMPTS,
                    server.process.log(),
                    server.process.endOfLog()));
      }
      server = start.apply(attempt);
    }
    return server;
  }

  void stop() {
    process.stop();
  }

  private boolean answersInTime(Predicate<String> answers, Duration patience) {
    Instant deadline = Instant.now().plus(patience);
    while (!answers.test(address)) {
      if (process.endsWithin(PAUSE)) {
        return false;
      }
      if (Instant.now().isAfter(deadline)) {
        stop();
        throw new IllegalStateException(
            "Cannot start %s: it did not answer at %s within %d s. Its log may say why: %s%n%s"
                .formatted(
                    process.title(),
                    address,
                    patience.toSeconds(),
                    process.log(),
                    process.endOfLog()));
      }
    }
    return true;
  }
}
