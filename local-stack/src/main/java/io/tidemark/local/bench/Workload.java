package io.tidemark.local.bench;

import io.tidemark.local.replay.Share;
import io.tidemark.output.WrongUsageException;
import java.util.List;

/**
 * What is measured on.
 *
 * @param events different purchases
 * @param duplicates the share of them that is delivered twice
 * @param rounds how often every contender takes its turn
 * @param contenders who takes turns
 * @param rivals who takes turns after them
 */
record Workload(
    long events, Share duplicates, int rounds, List<Contender> contenders, List<Rival> rivals) {
  Workload {
    contenders = List.copyOf(contenders);
    rivals = List.copyOf(rivals);
    if (events < 1 || rounds < 1) {
      throw new WrongUsageException(
          "Cannot measure %d events in %d rounds: give at least one of each"
              .formatted(events, rounds));
    }
  }
}
