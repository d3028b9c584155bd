package io.tidemark.output;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a phase is: a bar on a terminal, a line at its start and end elsewhere. Goes to stderr,
 * apart from results.
 */
public final class Progress implements AutoCloseable {
  private static final PrintStream ERR = System.err;

  private final String phase;
  private final String unit;
  private final long startedAt = System.nanoTime();
  private final ProgressBar bar;
  private long done;

  private Progress(String phase, long total, String unit) {
    this.phase = phase;
    this.unit = unit;
    if (System.console() == null) {
      this.bar = null;
      ERR.printf("%s ...%n", phase);
    } else {
      this.bar =
          new ProgressBarBuilder()
              .setTaskName(phase)
              .setInitialMax(total)
              .setUnit(" " + unit, 1)
              .setStyle(ProgressBarStyle.ASCII)
              .setUpdateIntervalMillis(200)
              .build();
    }
  }

  /**
   * @param total how many there will be, or -1 if nobody knows
   * @param unit what is counted, for example {@code records}
   */
  public static Progress start(String phase, long total, String unit) {
    return new Progress(phase, total, unit);
  }

  public void to(long count) {
    done = count;
    if (bar != null) {
      bar.stepTo(count);
    }
  }

  /** One more; from any thread. */
  public synchronized void step() {
    to(done + 1);
  }

  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    } else {
      ERR.printf("%s: %,d %s in %.1f s%n", phase, done, unit, elapsed().toMillis() / 1000.0);
    }
  }
}
