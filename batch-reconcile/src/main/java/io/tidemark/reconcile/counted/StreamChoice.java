package io.tidemark.reconcile.counted;

import static java.util.stream.Collectors.groupingBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * Which deliveries of an event id a view's stream has counted. It counts one and remembers the id
 * until the watermark has passed its time by the lateness; what comes meanwhile is a duplicate,
 * what comes after counts again. Of several in one batch it takes whichever it meets first, so
 * there are ways in which it may have chosen: each of them is one that is possible.
 *
 * @param way from 0: the first in the order of landing, the last, then mixtures of both, so that
 *     ids near each other are chosen in every combination, then each in turn
 */
record StreamChoice(Duration lateness, int way) {
  static final int FIRST = 0;
  static final int LAST = 1;

  /** Ids that are chosen independently of each other, in all combinations of first and last. */
  private static final int APART = 4;

  private static final int MIXED = 2 + (1 << APART);

  /** Ways from here on take any in turn, so that each of a batch is chosen in one of them. */
  private static final int IN_TURN = 12;

  private static final int END = Long.SIZE - 1;

  /** Ways to try one after the other: few first, since each takes a run of the SQL. */
  static final List<List<Integer>> WAYS =
      List.of(
          List.of(FIRST, LAST),
          ways(3, MIXED - 1),
          ways(MIXED, MIXED + IN_TURN),
          ways(MIXED + IN_TURN, MIXED + 2 * IN_TURN),
          ways(MIXED + 2 * IN_TURN, END));

  private static List<Integer> ways(int from, int until) {
    return IntStream.range(from, until).boxed().toList();
  }

  /** Of every id of which there are any deliveries here, those that the stream has counted. */
  List<Delivery> counted(Collection<Delivery> deliveries) {
    Map<String, List<Delivery>> byId =
        deliveries.stream().filter(Delivery::inTime).collect(groupingBy(Delivery::id));
    List<Delivery> counted = new ArrayList<>();
    int rank = 0;
    for (List<Delivery> ofId : inOrder(byId.values())) {
      counted.addAll(countedOf(ofId, rank));
      rank += ofId.size() > 1 ? 1 : 0;
    }
    return counted;
  }

  private static Iterable<List<Delivery>> inOrder(Collection<List<Delivery>> ids) {
    return ids.stream()
        .sorted(
            Comparator.<List<Delivery>, Instant>comparing(
                    ofId -> ofId.stream().map(Delivery::time).min(Instant::compareTo).orElseThrow())
                .thenComparing(ofId -> ofId.get(0).id()))
        .toList();
  }

  private List<Delivery> countedOf(List<Delivery> ofId, int rank) {
    SortedMap<Delivery.Refresh, TreeSet<Delivery>> batches = new TreeMap<>();
    for (Delivery delivery : ofId) {
      batches
          .computeIfAbsent(
              delivery.refresh(), batch -> new TreeSet<>(Comparator.comparing(Delivery::place)))
          .add(delivery);
    }
    List<Delivery> counted = new ArrayList<>();
    String checkpoint = null;
    Instant remembered = Instant.MIN;
    for (Map.Entry<Delivery.Refresh, TreeSet<Delivery>> batch : batches.entrySet()) {
      Delivery.Refresh refresh = batch.getKey();
      Instant forgotten = Objects.requireNonNullElse(refresh.forgotten(), Instant.MIN);
      boolean isNew = !refresh.checkpoint().equals(checkpoint) || !remembered.isAfter(forgotten);
      if (isNew) {
        Delivery chosen = chosen(List.copyOf(batch.getValue()), rank, counted.size());
        counted.add(chosen);
        remembered = chosen.time().plus(lateness);
        checkpoint = refresh.checkpoint();
      }
    }
    return counted;
  }

  private Delivery chosen(List<Delivery> inOrder, int rank, int before) {
    int last = inOrder.size() - 1;
    int index;
    if (way < MIXED) {
      boolean isLast = way >= 2 ? ((way - 2) >> (rank % APART) & 1) == 1 : way == LAST;
      index = isLast ? last : 0;
    } else {
      int turn = way - MIXED;
      int offset = Objects.hash(inOrder.get(0).id(), before, turn / IN_TURN);
      index = Math.floorMod(turn + (offset ^ offset >>> 13), last + 1);
    }
    return inOrder.get(index);
  }
}
