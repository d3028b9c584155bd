package io.tidemark.local.bench;

import com.sun.management.OperatingSystemMXBean;
import io.tidemark.output.Progress;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongConsumer;

/**
 * Sends events to a running stream, and reads afterwards, from the lake's own tables, when each of
 * them was in each view. Nothing is asked of the lake meanwhile.
 *
 * @param folder everything is below it
 * @param stream the verb
 */
record Freshness(Environment servers, Path folder, Pipeline pipeline, Path logs, Class<?> stream) {
  private static final int LOOK_EVERY = 1_000;
  private static final OperatingSystemMXBean MACHINE =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /**
   * While events counted.
   *
   * @param cpu what the stream used meanwhile
   * @param load which share of the machine's processors all processes used, from 0 to 1
   */
  record Counted(Instant from, Instant until, Duration cpu, double load) {}

  FreshnessReport run(Pace pace) throws IOException {
    Counted counted;
    QueryNotes notes;
    try (ShopStream running = ShopStream.start(servers, folder, pipeline, logs, stream)) {
      counted = send(pace, running);
      int noted = running.notes().lines().size();
      running.await("catch up", found -> found.areIdle(noted));
      notes = running.notes();
    }
    return new FreshnessTables(servers, pipeline).report(pace, counted, notes);
  }

  private static Counted send(Pace pace, ShopStream stream) {
    try (Progress progress = Progress.start("send", pace.events(), "events")) {
      LongConsumer event =
          number -> {
            stream.send(number);
            if (number % LOOK_EVERY == 0) {
              stream.requireAlive();
              progress.to(number);
            }
          };
      SteadySender.send(pace.rate(), 0, pace.warmUp(), event);
      Instant from = Instant.now().truncatedTo(ChronoUnit.MILLIS);
      Duration before = stream.cpu();
      // Each look is at the time since the last one.
      MACHINE.getCpuLoad();
      SteadySender.send(pace.rate(), pace.warmUp(), pace.events(), event);
      Counted counted =
          new Counted(from, Instant.now(), stream.cpu().minus(before), MACHINE.getCpuLoad());
      stream.flush();
      progress.to(pace.events());
      return counted;
    }
  }
}
