package io.tidemark.view;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.util.IntervalUtils;
import org.apache.spark.unsafe.types.CalendarInterval;
import org.apache.spark.unsafe.types.UTF8String;

/** The call {@code window(event_time, length, slide)} in a view's SQL. */
public record WindowCall(UnresolvedFunction call) {
  public static final String REMEDY =
      "write window(event_time, '1 hour') or window(event_time, '1 hour', '15 minutes')";

  /**
   * @throws IllegalArgumentException if it is none that stream and batch cut alike
   */
  public Window window() {
    List<Expression> arguments = asJava(call.arguments());
    if (arguments.size() < 2 || arguments.size() > 3) {
      throw refused(
          arguments.size() > 3
              ? "it has a start offset, and a window belongs to the UTC date that it starts on"
              : "it has no length");
    }
    if (!isEventTime(arguments.get(0))) {
      throw refused(
          "it is over %s: a window over anything but the bare column event_time loses the watermark without an error"
              .formatted(arguments.get(0).sql()));
    }
    Duration length = duration(arguments.get(1));
    Duration slide = arguments.size() == 3 ? duration(arguments.get(2)) : length;
    if (slide.compareTo(length) > 0) {
      throw refused("its slide is longer than its length, so that events fall between windows");
    }
    return new Window(length, slide);
  }

  private static boolean isEventTime(Expression argument) {
    return argument instanceof UnresolvedAttribute name
        && asJava(name.nameParts()).get(name.nameParts().size() - 1).equalsIgnoreCase("event_time");
  }

  private static Duration duration(Expression argument) {
    if (argument instanceof Literal literal && literal.value() instanceof UTF8String text) {
      CalendarInterval interval = parse(text);
      Duration duration =
          Duration.ofDays(interval.days).plus(interval.microseconds, ChronoUnit.MICROS);
      if (interval.months == 0 && duration.toSeconds() > 0 && duration.toNanosPart() == 0) {
        return duration;
      }
    }
    throw refused(
        "%s is not a positive number of whole seconds, minutes, hours, days or weeks in quotes"
            .formatted(argument.sql()));
  }

  private static CalendarInterval parse(UTF8String text) {
    CalendarInterval interval = IntervalUtils.safeStringToInterval(text);
    if (interval == null) {
      throw refused("'%s' is not an interval".formatted(text));
    }
    return interval;
  }

  private static IllegalArgumentException refused(String why) {
    return new IllegalArgumentException(
        "Cannot use this window: %s. Remedy: %s.".formatted(why, REMEDY));
  }
}
