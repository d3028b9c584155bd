package io.tidemark.reconcile.counted;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a stream can have counted of some ids, by the ways in which it can have chosen.
 *
 * @param ways of each delivery: a bit for each {@link StreamChoice#way} in which it was counted
 * @param rounds ways to try one after the other, of which no two count the same
 */
public record Choices(Map<Delivery.Place, Long> ways, List<List<Integer>> rounds) {
  public Choices {
    ways = Map.copyOf(ways);
    rounds = List.copyOf(rounds);
  }

  static Choices of(Collection<Delivery> deliveries, Duration lateness) {
    Map<Delivery.Place, Long> ways = new HashMap<>();
    deliveries.forEach(delivery -> ways.put(delivery.place(), 0L));
    Set<List<Delivery>> known = new HashSet<>();
    List<List<Integer>> rounds = new ArrayList<>();
    for (List<Integer> round : StreamChoice.WAYS) {
      List<Integer> others = new ArrayList<>();
      for (int way : round) {
        List<Delivery> counted = new StreamChoice(lateness, way).counted(deliveries);
        if (known.add(counted)) {
          others.add(way);
          counted.forEach(one -> ways.merge(one.place(), 1L << way, (some, more) -> some | more));
        }
      }
      if (!others.isEmpty()) {
        rounds.add(List.copyOf(others));
      }
    }
    return new Choices(ways, rounds);
  }
}
