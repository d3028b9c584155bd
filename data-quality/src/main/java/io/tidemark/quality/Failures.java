package io.tidemark.quality;

import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Why questions could not be answered, of each date. */
final class Failures {
  private final Map<Question, String> ofAllDates = new HashMap<>();
  private final Map<Question, Map<LocalDate, String>> byDate = new HashMap<>();

  void addAllDates(Question question, String why) {
    ofAllDates.put(question, why);
  }

  void add(Question question, LocalDate date, String why) {
    byDate.computeIfAbsent(question, of -> new HashMap<>()).put(date, why);
  }

  int count(Question question) {
    return byDate.getOrDefault(question, Map.of()).size();
  }

  /**
   * @param date null for a whole table
   */
  Optional<String> of(Question question, LocalDate date) {
    String why = ofAllDates.get(question);
    return Optional.ofNullable(
        why == null && date != null ? byDate.getOrDefault(question, Map.of()).get(date) : why);
  }
}
