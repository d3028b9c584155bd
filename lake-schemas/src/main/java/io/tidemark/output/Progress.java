package io.tidemark.output;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a phase is: a bar on a terminal; elsewhere a line at its start and end, and for each of
 * its parts that has a name. Goes to stderr, apart from results.
 */
public final class Progress implements AutoCloseable {
  private static final PrintStream ERR = System.err;

  private final String phase;
  private final long planned;
  private final String unit;
  private final PrintStream lines;
  private final long startedAt = System.nanoTime();
  private final ProgressBar bar;
  private long done;

  private Progress(String phase, long planned, String unit, PrintStream lines, ProgressBar bar) {
    this.phase = phase;
    this.planned = planned;
    this.unit = unit;
    this.lines = lines;
    this.bar = bar;
    if (bar == null) {
      lines.printf("%s ...%n", phase);
    }
  }

  /**
   * @param total about how many there will be, or -1 if nobody knows
   * @param unit what is counted, for example {@code records}
   */
  public static Progress start(String phase, long total, String unit) {
    return new Progress(phase, -1, unit, ERR, bar(phase, total, unit));
  }

  /**
   * Of a phase that says at its end if it has not done all.
   *
   * @param planned how many there will be, if nothing stops it
   */
  public static Progress plan(String phase, long planned, String unit) {
    return new Progress(phase, planned, unit, ERR, bar(phase, planned, unit));
  }

  /** Progress as lines of text, for output that is not a terminal. */
  static Progress lines(String phase, long planned, String unit, PrintStream lines) {
    return new Progress(phase, planned, unit, lines, null);
  }

  private static ProgressBar bar(String phase, long total, String unit) {
    if (System.console() == null) {
      return null;
    }
    return new ProgressBarBuilder()
        .setTaskName(phase)
        .setInitialMax(total)
        .setUnit(" " + unit, 1)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(200)
        .build();
  }

  /** Names what is being done now. */
  public void at(String part) {
    if (bar == null) {
      lines.printf("%s: %s%n", phase, part);
    } else {
      bar.setExtraMessage(part);
    }
  }

  /** Names the part that comes next, and its number among those that are planned. */
  public void atNext(String part) {
    at("%s (%,d of %,d)".formatted(part, done + 1, planned));
  }

  public void to(long count) {
    done = count;
    if (bar != null) {
      bar.stepTo(count);
    }
  }

  /** One more; from any thread. */
  public void step() {
    step(1);
  }

  /** So many more; from any thread. */
  public synchronized void step(long count) {
    to(done + count);
  }

  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      return;
    }
    double seconds = elapsed().toMillis() / 1000.0;
    if (done < planned) {
      lines.printf(
          "%s: stopped after %,d of %,d %s, %.1f s%n", phase, done, planned, unit, seconds);
    } else {
      lines.printf("%s: %,d %s in %.1f s%n", phase, done, unit, seconds);
    }
  }
}
