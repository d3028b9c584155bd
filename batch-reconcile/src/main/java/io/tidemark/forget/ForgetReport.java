package io.tidemark.forget;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.landing.ErasedRecords;
import io.tidemark.ops.DateStates.Dirty;
import io.tidemark.ops.Erased;
import io.tidemark.output.ExitCode;
import io.tidemark.output.Listing;
import io.tidemark.output.NamedCommand;
import io.tidemark.pipeline.Maintenance;
import io.tidemark.reconcile.RepairAdvice;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What was erased, or would be.
 *
 * @param views all of the pipeline
 * @param maintenance how long {@code maintain} keeps old versions
 * @param by empty if it was only tried
 * @param tables what was found in each events table, by its full name
 * @param notAsked why the condition could not be used on the other tables
 * @param dirty sealed dates from which events were erased, by this run or an earlier one
 */
public record ForgetReport(
    String pipeline,
    List<String> views,
    Maintenance maintenance,
    Optional<Erased.By> by,
    Map<String, ErasedRecords> tables,
    Map<String, String> notAsked,
    List<Dirty> dirty) {
  /** How many dates are named; the others are counted. */
  private static final int NAMED = 10;

  public ForgetReport {
    views = List.copyOf(views);
    tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
    notAsked = Collections.unmodifiableMap(new LinkedHashMap<>(notAsked));
    dirty = List.copyOf(dirty);
  }

  /** One word, for {@code ops.runs}. */
  public String outcome() {
    return isAny() ? "erased" : "nothing";
  }

  private boolean isAny() {
    return tables.values().stream().anyMatch(ErasedRecords::isAny);
  }

  public String text() {
    List<String> lines = new ArrayList<>();
    tables.forEach((table, found) -> lines.addAll(of(table, found)));
    notAsked.forEach((table, why) -> lines.add("%s: skipped. %s".formatted(table, why)));
    lines.addAll(dirtyDates());
    if (by.isPresent() && isAny()) {
      lines.add(
          "Restart the stream: its views start over. The old files can be deleted %d minutes after the dates are repaired: %s"
              .formatted(maintenance.keepHistory().toMinutes(), NamedCommand.of("maintain")));
    }
    return String.join(System.lineSeparator(), lines);
  }

  private List<String> of(String table, ErasedRecords found) {
    List<String> lines = new ArrayList<>();
    String erased = by.isPresent() ? "erased" : "would be erased";
    lines.add(
        "%s: %s%s and %s %s%s"
            .formatted(
                table,
                count(found.events(), "event"),
                dates(found),
                count(found.deadLetters(), "dead letter"),
                erased,
                by.map(run -> " (run %s)".formatted(run.id())).orElse("")));
    if (found.finished() > 0) {
      lines.add(
          "%s: finished a killed run: %s erased"
              .formatted(table, count(found.finished(), "event or dead letter")));
    }
    if (found.landing() > 0) {
      lines.add(
          "%s: %s skipped, since their batch is still landing. Run this again when it has landed"
              .formatted(table, count(found.landing(), "record")));
    }
    if (found.unreadable() > 0) {
      lines.add(
          "%s: %s cannot be read, so they were not matched. Look at them: %s"
              .formatted(
                  table,
                  count(found.unreadable(), "dead letter"),
                  NamedCommand.of("dead-letters list")));
    }
    return lines;
  }

  private static String dates(ErasedRecords found) {
    if (found.dates().isEmpty()) {
      return "";
    }
    return " (on %s)".formatted(Listing.of(found.dates(), NAMED));
  }

  private List<String> dirtyDates() {
    SortedMap<String, List<LocalDate>> byView =
        dirty.stream()
            .collect(groupingBy(Dirty::view, TreeMap::new, mapping(Dirty::date, toList())));
    return RepairAdvice.lines(byView, views, NAMED, "counts erased events", "count erased events");
  }

  /** With the noun in the right number; of an alternative both. */
  private static String count(long count, String noun) {
    String many = noun.replace(" or ", "s or ") + "s";
    return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? noun : many);
  }

  /** Without the condition, which may name a person. */
  public String json() {
    ObjectNode report = new ObjectMapper().createObjectNode();
    report.put("outcome", outcome());
    report.put("exit_code", ExitCode.FINE);
    report.put("run", by.map(Erased.By::id).orElse(null));
    report.put("reason", by.map(Erased.By::reason).orElse(null));
    report.put("erased_by", by.map(Erased.By::who).orElse(null));
    ArrayNode list = report.putArray("tables");
    tables.forEach(
        (table, found) -> {
          ObjectNode of = list.addObject();
          of.put("table", table);
          of.put("events", found.events());
          of.put("dead_letters", found.deadLetters());
          of.put("unreadable", found.unreadable());
          of.put("landing", found.landing());
          of.put("finished", found.finished());
          ArrayNode dates = of.putArray("dates");
          found.dates().forEach(date -> dates.add(date.toString()));
        });
    ArrayNode others = report.putArray("not_asked");
    notAsked.keySet().forEach(others::add);
    ArrayNode dates = report.putArray("dirty");
    dirty.forEach(
        date -> dates.addObject().put("view", date.view()).put("date", date.date().toString()));
    return report.toString();
  }
}
