package io.tidemark.local.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * A contender's medians over the rounds.
 *
 * @param equal whether every total of every pass was as it must be; if not, the rest says nothing
 * @param ratio events a second over those of plain Spark on the same work, or null
 */
record Result(
    String contender,
    boolean equal,
    @JsonProperty("wall_seconds") double wallSeconds,
    @JsonProperty("events_per_second") long eventsPerSecond,
    @JsonProperty("cpu_seconds_per_million") double cpuSecondsPerMillion,
    @JsonProperty("cold_wall_seconds") double coldWallSeconds,
    @JsonProperty("cold_cpu_seconds_per_million") double coldCpuSecondsPerMillion,
    @JsonProperty("times_plain_spark") Double ratio) {

  static Result of(
      Contender contender, List<Measurement> rounds, Delivered delivered, Double plainWallSeconds) {
    boolean equal =
        rounds.stream().allMatch(round -> round.isEqualTo(contender.expected(delivered)));
    return of(contender.label(), equal, rounds, delivered, plainWallSeconds);
  }

  static Result of(Rival rival, List<Measurement> rounds, Delivered delivered) {
    boolean equal = rounds.stream().allMatch(round -> delivered.hasEach(round.totals()));
    return of(rival.name(), equal, rounds, delivered, null);
  }

  private static Result of(
      String name,
      boolean equal,
      List<Measurement> rounds,
      Delivered delivered,
      Double plainWallSeconds) {
    double records = delivered.all().purchases();
    double wall = median(rounds, round -> round.warm().wallSeconds());
    return new Result(
        name,
        equal,
        wall,
        Math.round(records / wall),
        median(rounds, round -> round.warm().cpuSeconds()) * 1e6 / records,
        median(rounds, round -> round.cold().wallSeconds()),
        median(rounds, round -> round.cold().cpuSeconds()) * 1e6 / records,
        plainWallSeconds == null ? null : plainWallSeconds / wall);
  }

  static double median(List<Measurement> rounds, ToDoubleFunction<Measurement> value) {
    double[] sorted = rounds.stream().mapToDouble(value).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  String line() {
    return equal
        ? "%-44s %9.1f %,11d %11.2f %9.1f %11.2f %9s"
            .formatted(
                contender,
                wallSeconds,
                eventsPerSecond,
                cpuSecondsPerMillion,
                coldWallSeconds,
                coldCpuSecondsPerMillion,
                ratio == null ? "" : "%.2f".formatted(ratio))
        : "%-44s   does not count: its totals are not those of what was sent".formatted(contender);
  }
}
