package io.tidemark.report;

import io.tidemark.output.TextTable;
import io.tidemark.reconcile.Percent;
import io.tidemark.reconcile.ReconcileReport;
import io.tidemark.reconcile.RepairAdvice;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/** A status report for people to read. */
final class StatusText {
  /** How many dirty dates of a view are named; the others are counted. */
  private static final int DIRTY = 5;

  private StatusText() {}

  static String of(StatusReport report) {
    StringBuilder text = new StringBuilder();
    if (report.brokers() != null) {
      text.append("Kafka at %s, schemas at %s%n%n".formatted(report.brokers(), report.registry()));
    }
    text.append(topics(report)).append(System.lineSeparator());
    text.append(views(report)).append(System.lineSeparator());
    report.views().stream()
        .map(view -> ReconcileReport.heldBack(view.view(), view.refused(), view.waiting()))
        .forEach(text::append);
    report.views().stream()
        .filter(view -> view.conflicting() > 0)
        .map(view -> ReconcileReport.conflicts(view.view(), view.conflicting(), view.conflicts()))
        .forEach(text::append);
    dirty(report).forEach(line -> text.append(line).append(System.lineSeparator()));
    text.append(
        "The ledger %s%s.%n"
            .formatted(
                report.ledgerBalanced() ? "balances" : "does not balance",
                report.recounted() ? " (checked against every row)" : ""));
    report.losses().forEach(lost -> text.append(lost.text()).append(System.lineSeparator()));
    report.problems().forEach(problem -> text.append(problem).append(System.lineSeparator()));
    report.advice().forEach(advice -> text.append(advice).append(System.lineSeparator()));
    return text.toString();
  }

  private static List<String> dirty(StatusReport report) {
    SortedMap<String, SortedSet<LocalDate>> dates = new TreeMap<>();
    for (ViewStatus view : report.views()) {
      if (!view.dirty().isEmpty()) {
        dates.put(view.view(), view.dirty());
      }
    }
    return RepairAdvice.lines(
        dates,
        report.views().stream().map(ViewStatus::view).toList(),
        DIRTY,
        "is dirty",
        "are dirty");
  }

  private static TextTable topics(StatusReport report) {
    TextTable table =
        new TextTable(
            "topic",
            "end",
            "landed",
            "lag",
            "events",
            "dead letters",
            "missing",
            "lost",
            "newest event");
    for (TopicStatus topic : report.topics()) {
      table.row(
          topic.topic(),
          count(topic.end()),
          count(topic.landed()),
          count(topic.lag()),
          count(topic.events()),
          count(topic.deadLetters()),
          count(topic.missing()),
          count(topic.lost()),
          seconds(topic.newestEvent()));
    }
    return table;
  }

  private static TextTable views(StatusReport report) {
    TextTable table =
        new TextTable(
            "view",
            "rows",
            "newest counted",
            "late",
            "dropped",
            "refreshed",
            "watermark",
            "closed to",
            "open",
            "tidemark",
            "agreed before repair",
            "after",
            "sealed",
            "unsealed",
            "dirty");
    for (ViewStatus view : report.views()) {
      table.row(
          view.view(),
          count(view.rows()),
          seconds(view.newestEvent()),
          count(view.late()),
          count(view.dropped()),
          ago(view.refreshedAt(), report.at()),
          seconds(view.watermark()),
          view.lastClosed(),
          count(view.open().size()),
          view.tidemark(),
          percent(view.agreedBeforeRepair()),
          percent(view.agreedAfterRepair()),
          count(view.sealed()),
          count(view.unsealed()),
          count(view.dirty().size()));
    }
    return table;
  }

  private static String count(Number count) {
    return count == null ? null : String.format(Locale.ROOT, "%,d", count);
  }

  private static String percent(Double share) {
    return share == null ? null : Percent.of(share);
  }

  private static Instant seconds(Instant time) {
    return time == null ? null : time.truncatedTo(ChronoUnit.SECONDS);
  }

  static String ago(Instant time, Instant now) {
    if (time == null) {
      return null;
    }
    Duration age = Duration.between(time, now).truncatedTo(ChronoUnit.SECONDS);
    return age.toString().substring(2).toLowerCase(Locale.ROOT).replaceAll("(?<=[hm])", " ").strip()
        + " ago";
  }
}
