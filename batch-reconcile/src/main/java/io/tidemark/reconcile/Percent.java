package io.tidemark.reconcile;

import java.util.Locale;

/** A share for people to read. */
public final class Percent {
  private Percent() {}

  /** Never rounds up to a whole: 100 % means all. */
  public static String of(double share) {
    double floor = Math.floor(share * 1_000_000) / 10_000;
    return share == 1 ? "100 %" : String.format(Locale.ROOT, "%.4f %%", floor);
  }
}
