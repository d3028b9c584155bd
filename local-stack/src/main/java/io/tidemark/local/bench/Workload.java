package io.tidemark.local.bench;

import java.util.List;

/**
 * What is measured on.
 *
 * @param events different purchases
 * @param duplicatesPerThousand how many of a thousand are delivered twice
 * @param rounds how often every contender takes its turn
 * @param contenders who takes turns
 * @param rivals who takes turns after them
 */
public record Workload(
    long events,
    int duplicatesPerThousand,
    int rounds,
    List<Contender> contenders,
    List<Rival> rivals) {
  public Workload {
    contenders = List.copyOf(contenders);
    rivals = List.copyOf(rivals);
    if (events < 1 || rounds < 1 || duplicatesPerThousand < 0 || duplicatesPerThousand > 1000) {
      throw new IllegalArgumentException(
          "Cannot measure %d events with %d duplicates per 1000 in %d rounds: give at least one event and one round, and 0 to 1000 duplicates"
              .formatted(events, duplicatesPerThousand, rounds));
    }
  }
}
