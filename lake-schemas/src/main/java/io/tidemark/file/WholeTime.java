package io.tidemark.file;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Times as text: year, month and day, which may be followed by hours and minutes, then seconds with
 * up to six digits after the point, then a zone. What has no day, or only hours, is not one.
 */
final class WholeTime {
  /** What Spark may cast to a time; that the numbers make one is for its cast to say. */
  static final String PATTERN =
      "\\s*(\\d{4})-(\\d{1,2})-(\\d{1,2})(?:["
          + " T](\\d{1,2}):(\\d{2})(?::(\\d{2})(?:\\.(\\d{1,6})0*)?)?(?:"
          + " ?([A-Za-z+-][A-Za-z0-9/_:+-]*))?)?\\s*";

  private static final Pattern TIME = Pattern.compile(PATTERN);

  private WholeTime() {}

  /** Microseconds since the epoch; null if it is not a time, or a zone makes it two or none. */
  static Long micros(String text) {
    Matcher time = matcher(text);
    if (time == null) {
      return null;
    }
    try {
      LocalDateTime local = local(time);
      List<ZoneOffset> offsets =
          time.group(8) == null
              ? List.of(ZoneOffset.UTC)
              : ZoneId.of(time.group(8)).getRules().getValidOffsets(local);
      return offsets.size() == 1
          ? Math.addExact(
              Math.multiplyExact(local.toEpochSecond(offsets.get(0)), 1_000_000L),
              local.getNano() / 1_000)
          : null;
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A time of no zone; null if it is not one. */
  static LocalDateTime local(String text) {
    Matcher time = matcher(text);
    try {
      return time == null || time.group(8) != null ? null : local(time);
    } catch (DateTimeException e) {
      return null;
    }
  }

  /** A day, or its midnight in no zone; null if it is not one. */
  static LocalDate date(String text) {
    LocalDateTime local = local(text);
    return local == null || !local.toLocalTime().equals(LocalTime.MIDNIGHT)
        ? null
        : local.toLocalDate();
  }

  private static Matcher matcher(String text) {
    Matcher time = text == null ? null : TIME.matcher(text);
    return time != null && time.matches() ? time : null;
  }

  private static LocalDateTime local(Matcher time) {
    String fraction = time.group(7) == null ? "" : time.group(7);
    return LocalDate.of(number(time, 1), number(time, 2), number(time, 3))
        .atTime(
            number(time, 4),
            number(time, 5),
            number(time, 6),
            Integer.parseInt((fraction + "000000000").substring(0, 9)));
  }

  private static int number(Matcher time, int group) {
    return time.group(group) == null ? 0 : Integer.parseInt(time.group(group));
  }
}
