package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigDecimal;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One check on a table.
 *
 * @param table its full name
 * @param name of the check, which no other one of the table has
 * @param atLeast the least value that is accepted
 * @param atMost the greatest value that is accepted
 * @param anomaly how far the value may be from what it was
 * @param where an SQL condition for the rows that it is about; empty for all of them
 * @param gate whether a date that fails it is neither sealed nor repaired
 * @param line where it stands in its file
 */
public record QualityCheck(
    String table,
    String name,
    QualityRule rule,
    Optional<BigDecimal> atLeast,
    Optional<BigDecimal> atMost,
    Optional<QualityAnomaly> anomaly,
    Optional<String> where,
    Scope scope,
    Level level,
    boolean gate,
    int line) {

  /** What a failure means: an error ends the verb with exit code 11, a warning is only said. */
  public enum Level {
    ERROR,
    WARNING;

    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Which rows make one value: those of a date, or all of the table. */
  public enum Scope {
    DATE,
    TABLE
  }

  /**
   * Names what is asked. It changes with whatever changes the verdict, so that an earlier verdict
   * is not taken for one about this check.
   */
  public String definition() {
    String asked = canonical(List.of(rule.parts(), atLeast, atMost, anomaly, where, scope));
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(asked.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has SHA-256", e);
    }
  }

  /** As text in which no two different values look alike. */
  private static String canonical(List<?> parts) {
    StringBuilder text = new StringBuilder("[");
    for (Object part : parts) {
      String each = part instanceof List<?> list ? canonical(list) : part.toString();
      text.append(each.length()).append(':').append(each);
    }
    return text.append(']').toString();
  }

  /** What is accepted, in words. */
  public String expected() {
    if (anomaly.isPresent()) {
      return anomaly.get().expected();
    }
    if (atLeast.isPresent() && atMost.isPresent()) {
      return atLeast.equals(atMost)
          ? "= " + plain(atLeast)
          : plain(atLeast) + " to " + plain(atMost);
    }
    return atLeast.isPresent() ? ">= " + plain(atLeast) : "<= " + plain(atMost);
  }

  private static String plain(Optional<BigDecimal> bound) {
    return bound.orElseThrow().toPlainString();
  }
}
