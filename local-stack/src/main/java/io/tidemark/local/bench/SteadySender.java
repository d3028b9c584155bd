package io.tidemark.local.bench;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;

/** Keeps to a rate. */
final class SteadySender {
  /** To be woken for every event would take more of the processor than to send it. */
  private static final long MOMENT = TimeUnit.MILLISECONDS.toNanos(5);

  private SteadySender() {}

  /**
   * Sends as many events as are due in every moment. One that was held up makes up for it at once,
   * so that a slow machine changes how long events wait, not how many there are.
   *
   * @param rate events a second
   * @param until one past the number of the last event
   * @param event sends the event of that number
   */
  static void send(int rate, long from, long until, LongConsumer event) {
    long beganAt = System.nanoTime();
    for (long number = from; number < until; number++) {
      long due = beganAt + (number - from) * TimeUnit.SECONDS.toNanos(1) / rate;
      for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
        LockSupport.parkNanos(Math.max(early, MOMENT));
      }
      event.accept(number);
    }
  }
}
