package io.tidemark.ops;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toSet;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Row;

/**
 * A short ledger added up where it is, as {@link LedgerBalance} has Spark add up a long one: that
 * takes five queries.
 *
 * @param ledger rows of {@code ops.ledger}
 */
record FewSpans(List<Row> ledger) {
  private static final Comparator<Span> IN_ORDER =
      comparing(Span::topic)
          .thenComparing(Span::partition)
          .thenComparing(Span::from)
          .thenComparing(Span::until);

  /** A row of the ledger. */
  private record Span(Row row) {
    String topic() {
      return row.getAs("topic");
    }

    int partition() {
      return row.getAs("partition");
    }

    long from() {
      return row.getAs("from_offset");
    }

    long until() {
      return row.getAs("until_offset");
    }

    long lost() {
      return Optional.<Long>ofNullable(row.getAs("lost")).orElse(0L);
    }

    boolean isReplayed() {
      return row.getAs("replayed") != null;
    }

    boolean isNumbered() {
      return row.getAs("landed_batch") != null;
    }

    LedgerSpan whole() {
      return new LedgerSpan(
          topic(),
          partition(),
          from(),
          until(),
          row.<Long>getAs("events"),
          row.<Long>getAs("dead_letters"),
          row.<Long>getAs("missing"),
          lost());
    }
  }

  LedgerBalance balance() {
    List<Span> all = ledger.stream().map(Span::new).sorted(IN_ORDER).toList();
    List<LostSpan> losses = new ArrayList<>();
    List<LedgerBalance.Reached> doubtful = new ArrayList<>();
    ofPartitions(all.stream().filter(span -> !span.isReplayed()).toList())
        .forEach(spans -> follow(spans, losses, doubtful));
    return new LedgerBalance(
        ofPartitions(all).stream().map(FewSpans::total).toList(),
        losses,
        LedgerBalance.told(doubtful),
        replays(all),
        ofPartitions(all.stream().filter(span -> span.isReplayed() && !span.isNumbered()).toList())
            .stream()
            .map(FewSpans::replayed)
            .toList());
  }

  private static List<List<Span>> ofPartitions(List<Span> spans) {
    SortedMap<String, SortedMap<Integer, List<Span>>> byPartition = new TreeMap<>();
    spans.forEach(
        span ->
            byPartition
                .computeIfAbsent(span.topic(), topic -> new TreeMap<>())
                .computeIfAbsent(span.partition(), partition -> new ArrayList<>())
                .add(span));
    return byPartition.values().stream().flatMap(topic -> topic.values().stream()).toList();
  }

  /** Through the spans of a partition, in order, with how far those before have reached. */
  private static void follow(
      List<Span> spans, List<LostSpan> losses, List<LedgerBalance.Reached> doubtful) {
    Long reached = null;
    for (Span span : spans) {
      boolean first = reached == null;
      if (span.lost() > 0 || first && span.from() > 0) {
        losses.add(
            new LostSpan(
                span.topic(),
                span.partition(),
                first ? 0 : span.from(),
                span.from() + span.lost(),
                first));
      }
      LedgerSpan whole = span.whole();
      if (!whole.balances() || !first && reached != span.from()) {
        doubtful.add(new LedgerBalance.Reached(whole, reached));
      }
      reached = first ? span.until() : Math.max(reached, span.until());
    }
  }

  private static LedgerSpan total(List<Span> spans) {
    LedgerSpan total =
        new LedgerSpan(spans.get(0).topic(), spans.get(0).partition(), 0, 0, 0, 0, 0);
    for (Span span : spans) {
      LedgerSpan of = span.whole();
      total =
          new LedgerSpan(
              total.topic(),
              total.partition(),
              0,
              Math.max(total.until(), of.until()),
              total.events() + of.events(),
              total.deadLetters() + of.deadLetters(),
              total.missing() + of.missing(),
              total.lost() + of.lost());
    }
    // What was there before the first landing is lost, too.
    return new LedgerSpan(
        total.topic(),
        total.partition(),
        0,
        total.until(),
        total.events(),
        total.deadLetters(),
        total.missing(),
        total.lost() + spans.get(0).from());
  }

  private static Map<String, Set<Long>> replays(List<Span> spans) {
    return spans.stream()
        .filter(span -> span.isReplayed() && span.isNumbered())
        .collect(
            groupingBy(
                span -> span.row().getAs("query"),
                mapping(span -> span.row().getAs("landed_batch"), toSet())));
  }

  private static ReplayedSpan replayed(List<Span> spans) {
    return new ReplayedSpan(
        spans.get(0).topic(),
        spans.get(0).partition(),
        spans.get(0).from(),
        spans.stream().mapToLong(span -> span.row().<Long>getAs("replayed")).sum());
  }
}
