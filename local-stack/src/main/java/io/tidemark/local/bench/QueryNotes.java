package io.tidemark.local.bench;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a {@link QueryJournal} has noted so far. */
record QueryNotes(List<JsonNode> lines) {
  /** What Spark calls a batch as a whole among the parts that it took. */
  private static final String WHOLE = "triggerExecution";

  QueryNotes {
    lines = List.copyOf(lines);
  }

  /**
   * A batch.
   *
   * @param parts milliseconds, by Spark's names
   * @param cpu what the process had used at its end since it began
   */
  record Batch(String query, Instant at, Duration took, Map<String, Long> parts, Duration cpu) {}

  static QueryNotes of(Path file) {
    try {
      String text = Files.exists(file) ? Files.readString(file) : "";
      List<JsonNode> lines = new ArrayList<>();
      // What comes after the last line's end is still being written.
      for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
        lines.add(QueryJournal.JSON.readTree(line));
      }
      return new QueryNotes(lines);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  boolean haveStarted(Collection<String> queries) {
    return of("started").stream()
        .map(line -> line.get("query").asText())
        .collect(toSet())
        .containsAll(queries);
  }

  /**
   * Whether nothing is left to do: every query has looked for more since the last batch of any, and
   * found nothing.
   *
   * @param since of the lines from this one on
   */
  boolean areIdle(int since) {
    Set<String> idle = new HashSet<>();
    for (JsonNode line : lines.subList(since, lines.size())) {
      switch (line.get("what").asText()) {
        case "idle" -> idle.add(line.get("id").asText());
        default -> idle.clear();
      }
    }
    return of("started").stream().allMatch(line -> idle.contains(line.get("id").asText()));
  }

  /** The batches of a query that began between two times, of which the second is not included. */
  List<Batch> batches(String query, Instant from, Instant until) {
    return batches().stream()
        .filter(batch -> batch.query().equals(query))
        .filter(batch -> !batch.at().isBefore(from) && batch.at().isBefore(until))
        .toList();
  }

  /** All batches of all queries, as they ended. */
  List<Batch> batches() {
    return of("batch").stream().map(QueryNotes::batch).toList();
  }

  private static Batch batch(JsonNode line) {
    Map<String, Long> parts =
        line.get("millis").properties().stream()
            .collect(toMap(Map.Entry::getKey, part -> part.getValue().asLong()));
    return new Batch(
        line.get("query").asText(),
        Instant.parse(line.get("at").asText()),
        Duration.ofMillis(parts.getOrDefault(WHOLE, 0L)),
        parts,
        Duration.ofMillis(line.get("cpu").asLong()));
  }

  private List<JsonNode> of(String what) {
    return lines.stream().filter(line -> line.get("what").asText().equals(what)).toList();
  }
}
