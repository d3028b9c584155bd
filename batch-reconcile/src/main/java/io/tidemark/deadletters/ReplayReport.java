package io.tidemark.deadletters;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.landing.ReplayedRecords;
import io.tidemark.ops.DateStates;
import io.tidemark.output.ExitCode;
import io.tidemark.output.NamedCommand;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a replay of dead letters has done, or would do.
 *
 * @param run empty if they were only tried
 * @param tables what became of those of each table, by its full name
 * @param dirty sealed dates that lack events which were dead letters, by this run or an earlier
 *     one, or that were counted before a dimension changed
 */
record ReplayReport(
    String pipeline,
    Optional<String> run,
    Map<String, ReplayedRecords> tables,
    List<DateStates.Dirty> dirty) {
  ReplayReport {
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    dirty = List.copyOf(dirty);
  }

  /** One word, for {@code ops.runs}. */
  String outcome() {
    return landed() > 0 ? "replayed" : "nothing";
  }

  private long landed() {
    return tables.values().stream().mapToLong(ReplayedRecords::became).sum();
  }

  String text() {
    StringBuilder text = new StringBuilder();
    tables.forEach(
        (table, records) -> {
          if (records.landed() > 0) {
            text.append(landed(table, records)).append(System.lineSeparator());
          }
          if (records.recorded() > 0) {
            text.append(recorded(table, records)).append(System.lineSeparator());
          }
          if (records.stillRefused() > 0) {
            text.append(refused(table, records)).append(System.lineSeparator());
          }
          if (records.ambiguous() > 0) {
            text.append(ambiguous(table, records)).append(System.lineSeparator());
          }
        });
    if (text.isEmpty()) {
      text.append("Pipeline %s has no such dead letters.%n".formatted(pipeline));
    }
    dirty.stream()
        .collect(groupingBy(DateStates.Dirty::view, TreeMap::new, toList()))
        .forEach(
            (view, dates) ->
                text.append(dirty(view, dates, true)).append(dirty(view, dates, false)));
    return text.toString().stripTrailing();
  }

  /** A line, or none. */
  private static String dirty(String view, List<DateStates.Dirty> all, boolean isOfEvents) {
    List<DateStates.Dirty> dates =
        all.stream().filter(date -> date.reason().equals("replayed") == isOfEvents).toList();
    if (dates.isEmpty()) {
      return "";
    }
    boolean isOne = dates.size() == 1;
    return "%s: %s %s. Repair %s: %s%n"
        .formatted(
            view,
            isOne
                ? dates.get(0).date()
                : "%s dates from %s on".formatted(number(dates.size()), dates.get(0).date()),
            isOfEvents
                ? (isOne ? "lacks" : "lack") + " replayed events"
                : (isOne ? "was" : "were") + " counted before a dimension changed",
            isOne ? "it" : "them",
            NamedCommand.of("reconcile --view " + view));
  }

  private String landed(String table, ReplayedRecords records) {
    if (records.dates().isEmpty()) {
      return run.isPresent()
          ? "%s: %s landed (run %s)".formatted(table, deadLetters(records.landed()), run.get())
          : "%s: %s would land".formatted(table, deadLetters(records.landed()));
    }
    String dates =
        records.dates().first().equals(records.dates().last())
            ? "on " + records.dates().first()
            : "from %s to %s".formatted(records.dates().first(), records.dates().last());
    return run.isPresent()
        ? "%s: %s became events, %s (run %s)"
            .formatted(table, deadLetters(records.landed()), dates, run.get())
        : "%s: %s would land, %s".formatted(table, deadLetters(records.landed()), dates);
  }

  private static String recorded(String table, ReplayedRecords records) {
    return "%s: %s had landed in a run that was killed; recorded now"
        .formatted(table, deadLetters(records.recorded()));
  }

  private static String refused(String table, ReplayedRecords records) {
    return "%s: %s still refused (%s). Why: %s"
        .formatted(
            table,
            deadLetters(records.stillRefused()),
            records.refused().entrySet().stream()
                .map(reason -> "%s %s".formatted(number(reason.getValue()), reason.getKey()))
                .collect(joining(", ")),
            NamedCommand.of("dead-letters list"));
  }

  private static String ambiguous(String table, ReplayedRecords records) {
    return "%s: %s skipped: the topic was re-created, and several records share an offset"
        .formatted(table, deadLetters(records.ambiguous()));
  }

  private static String deadLetters(long count) {
    return number(count) + (count == 1 ? " dead letter" : " dead letters");
  }

  private static String number(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  String json() {
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("outcome", outcome());
    report.put("exit_code", ExitCode.FINE);
    report.put("run", run.orElse(null));
    ArrayNode list = report.putArray("tables");
    tables.forEach(
        (table, records) -> {
          ObjectNode of = list.addObject();
          of.put("table", table);
          of.put("landed", records.landed());
          of.put("recorded", records.recorded());
          ObjectNode refused = of.putObject("refused");
          records.refused().forEach(refused::put);
          of.put("ambiguous", records.ambiguous());
          ArrayNode dates = of.putArray("dates");
          records.dates().forEach(date -> dates.add(date.toString()));
        });
    ArrayNode dates = report.putArray("dirty");
    dirty.forEach(
        date ->
            dates
                .addObject()
                .put("view", date.view())
                .put("date", date.date().toString())
                .put("reason", date.reason()));
    return report.toString();
  }
}
