package io.tidemark.local.bench;

import io.tidemark.output.Json;
import io.tidemark.output.TextTable;
import java.util.List;

/**
 * How fresh the views of a stream were, for people and for machines.
 *
 * @param rate events that were to be sent in a second
 * @param seconds for how long they counted
 * @param sent all events that were sent, in the warm-up too
 * @param landed how many of them are in the events table
 * @param cpuSeconds what the stream's process used in these seconds, user and system
 * @param machineCpuSeconds what all processes of the machine used, the broker and strangers too
 */
public record FreshnessReport(
    int rate,
    double seconds,
    int processors,
    long sent,
    long landed,
    double cpuSeconds,
    double machineCpuSeconds,
    List<ViewFreshness> views,
    List<QueryBatches> queries) {
  public FreshnessReport {
    views = List.copyOf(views);
    queries = List.copyOf(queries);
  }

  /** Whether everything that was sent has landed, and every view has read it and counts some. */
  public boolean counts() {
    return landed == sent
        && views.stream().allMatch(view -> view.unread() == 0 && view.events() > 0);
  }

  public String text() {
    StringBuilder text =
        new StringBuilder(
            "%,d events a second for %.1f s, %d processors; from a record's time in Kafka until its number is in the view%n%n"
                .formatted(rate, seconds, processors));
    text.append(viewTable()).append(System.lineSeparator()).append(queryTable());
    text.append(
        "%nThe stream used %.1f s of processor time, and all that ran on the machine %.1f of %.1f s.%n"
            .formatted(cpuSeconds, machineCpuSeconds, processors * seconds));
    if (!counts()) {
      text.append(
          "This does not count: %,d events were sent and %,d have landed, and of those that count the views have read %s and not read %s.%n"
              .formatted(
                  sent,
                  landed,
                  views.stream().map(ViewFreshness::events).toList(),
                  views.stream().map(ViewFreshness::unread).toList()));
    }
    return text.toString();
  }

  private TextTable viewTable() {
    TextTable table =
        new TextTable("view", "p50 s", "p95 s", "p99 s", "max s", "events", "left out");
    for (ViewFreshness view : views) {
      table.row(
          view.view(),
          seconds(view.p50Seconds()),
          seconds(view.p95Seconds()),
          seconds(view.p99Seconds()),
          seconds(view.maxSeconds()),
          "%,d".formatted(view.events()),
          "%,d".formatted(view.leftOut()));
    }
    return table;
  }

  private TextTable queryTable() {
    TextTable table = new TextTable("query", "batches", "p50 s", "p95 s", "events a batch");
    for (QueryBatches query : queries) {
      table.row(
          query.query(),
          query.batches(),
          seconds(query.p50Seconds()),
          seconds(query.p95Seconds()),
          query.medianEvents() == null ? null : "%,d".formatted(query.medianEvents()));
    }
    return table;
  }

  private static String seconds(Double seconds) {
    return seconds == null ? null : "%.2f".formatted(seconds);
  }

  public String json() {
    return Json.write(this);
  }
}
