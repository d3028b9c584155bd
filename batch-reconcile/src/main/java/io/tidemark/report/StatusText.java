package io.tidemark.report;

import io.tidemark.output.TextTable;
import io.tidemark.reconcile.Percent;
import io.tidemark.reconcile.ReconcileReport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A status report for people to read. */
final class StatusText {
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
          topic.end(),
          topic.landed(),
          topic.lag(),
          topic.events(),
          topic.deadLetters(),
          topic.missing(),
          topic.lost(),
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
          view.rows(),
          seconds(view.newestEvent()),
          view.late(),
          view.dropped(),
          ago(view.refreshedAt(), report.at()),
          seconds(view.watermark()),
          view.lastClosed(),
          view.open().size(),
          view.tidemark(),
          percent(view.agreedBeforeRepair()),
          percent(view.agreedAfterRepair()),
          view.sealed(),
          view.unsealed(),
          view.dirty().size());
    }
    return table;
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
