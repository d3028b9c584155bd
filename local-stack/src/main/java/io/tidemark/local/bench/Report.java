package io.tidemark.local.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What came out, for people and for machines. */
record Report(long events, long records, int rounds, int processors, List<Result> contenders) {
  private static final String HEAD =
      "%-44s %9s %11s %11s %9s %11s %9s"
          .formatted("", "wall s", "events/s", "CPU s/M", "cold s", "CPU s/M", "x plain");

  Report {
    contenders = List.copyOf(contenders);
  }

  static Report of(
      Workload workload,
      Delivered delivered,
      Map<Contender, List<Measurement>> measured,
      Map<Rival, List<Measurement>> rivals) {
    List<Result> results = new ArrayList<>();
    measured.forEach(
        (contender, rounds) -> {
          Double plain =
              contender.baseline().map(measured::get).map(Report::wallSeconds).orElse(null);
          results.add(Result.of(contender, rounds, delivered, plain));
        });
    rivals.forEach((rival, rounds) -> results.add(Result.of(rival, rounds, delivered)));
    return new Report(
        workload.events(),
        delivered.all().purchases(),
        workload.rounds(),
        Runtime.getRuntime().availableProcessors(),
        results);
  }

  private static double wallSeconds(List<Measurement> rounds) {
    return Result.median(rounds, round -> round.warm().wallSeconds());
  }

  /** Whether every contender has done its work. */
  boolean counts() {
    return contenders.stream().allMatch(Result::equal);
  }

  String table() {
    StringBuilder table =
        new StringBuilder(
            "%,d records of %,d purchases, %d processors, medians of %d rounds; warmed up, and cold from the start of Java%n"
                .formatted(records, events, processors, rounds));
    table.append(HEAD).append(System.lineSeparator());
    contenders.forEach(result -> table.append(result.line()).append(System.lineSeparator()));
    return table.toString();
  }

  String json() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the report as JSON", e);
    }
  }
}
