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
 * @param contenders who takes turns, each once and in the order that they need
 * @param rivals who takes turns after them
 */
record Workload(
    long events, Share duplicates, int rounds, List<Contender> contenders, List<Rival> rivals) {
  Workload {
    // Some work on what others have landed before them, in the order that they are declared in.
    contenders = contenders.stream().distinct().sorted().toList();
    rivals = List.copyOf(rivals);
    if (events < 1 || rounds < 1) {
      throw new WrongUsageException(
          "Cannot measure %d events in %d rounds: give at least one of each"
              .formatted(events, rounds));
    }
  }
}
