package io.tidemark.local.replay;

import java.math.BigDecimal;
import org.apache.spark.sql.Column;

/** A part of a whole, between 0 and 1, written as {@code 5%} or {@code 0.05}. */
public record Share(BigDecimal value) {
  public static final Share NONE = new Share(BigDecimal.ZERO);

  public Share {
    if (value.signum() < 0 || value.compareTo(BigDecimal.ONE) > 0) {
      throw new IllegalArgumentException(
          "Cannot use a share of %s: write one between 0 and 1, or between 0%% and 100%%"
              .formatted(value.toPlainString()));
    }
  }

  public static Share of(String text) {
    String number = text.strip();
    try {
      return number.endsWith("%")
          ? new Share(new BigDecimal(number.substring(0, number.length() - 1)).movePointLeft(2))
          : new Share(new BigDecimal(number));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Cannot read '%s' as a share: write 5%% or 0.05".formatted(text), e);
    }
  }

  boolean isNone() {
    return value.signum() == 0;
  }

  /** Whether a chance in [0, 1) falls into this share. */
  Column has(Column chance) {
    return chance.lt(value.doubleValue());
  }
}
