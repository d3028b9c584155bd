package io.tidemark.reconcile;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** A share for people to read. */
public final class Percent {
  private Percent() {}

  /** With two decimals, rounded down: 100.00 % means all. */
  public static String of(double share) {
    return BigDecimal.valueOf(share).movePointRight(2).setScale(2, RoundingMode.DOWN) + " %";
  }
}
