package io.tidemark.quality;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;

/** Numbers for people. */
final class Figures {
  private static final int DIGITS = 4;

  private Figures() {}

  static String count(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  /** To four digits after the point; a share below 1 never shows as 1. */
  static String of(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    RoundingMode rounding = value > 0 && value < 1 ? RoundingMode.DOWN : RoundingMode.HALF_EVEN;
    BigDecimal rounded = BigDecimal.valueOf(value).setScale(DIGITS, rounding).stripTrailingZeros();
    return rounded.scale() < 0 ? rounded.toBigInteger().toString() : rounded.toPlainString();
  }
}
