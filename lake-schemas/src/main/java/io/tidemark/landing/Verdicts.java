package io.tidemark.landing;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.tidemark.schema.Rejection;
import java.io.Serializable;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What was found of the records of some topic-partitions: how many are good, and why each of the
 * others is not. A dozen bytes for each of those, since a batch may hold nothing else.
 */
final class Verdicts implements Serializable {
  private static final long serialVersionUID = 1L;

  /** All messages together; what comes after has only a reason. */
  private static final int CHARACTERS = 4 * 1024 * 1024;

  private static final String UNTOLD =
      "the batch has too many messages for all of them to be kept; the reason stands";

  private final HashMap<TopicPartition, OfPartition> partitions = new HashMap<>();
  private final HashMap<Reason, Integer> numbers = new HashMap<>();
  private final ArrayList<Reason> reasons = new ArrayList<>();
  private final HashSet<Integer> schemaIds = new HashSet<>();
  private final HashSet<Integer> days = new HashSet<>();
  private int characters;

  /** Why a record is refused. */
  record Reason(Rejection rejection, String message) implements Serializable {}

  /** Of one topic-partition. */
  static final class OfPartition implements Serializable {
    private static final long serialVersionUID = 1L;

    private long good;
    private long[] offsets = new long[0];
    private int[] reasons = new int[0];
    private int refused;

    void good() {
      good++;
    }

    private void refuse(long offset, int reason) {
      if (refused == offsets.length) {
        offsets = Arrays.copyOf(offsets, Math.max(16, 2 * refused));
        reasons = Arrays.copyOf(reasons, offsets.length);
      }
      offsets[refused] = offset;
      reasons[refused++] = reason;
    }

    /** Records that were held back come after those of higher offsets. */
    private void sort() {
      Integer[] order = new Integer[refused];
      Arrays.setAll(order, i -> i);
      Arrays.sort(order, Comparator.comparingLong(i -> offsets[i]));
      long[] sorted = new long[refused];
      int[] following = new int[refused];
      for (int i = 0; i < refused; i++) {
        sorted[i] = offsets[order[i]];
        following[i] = reasons[order[i]];
      }
      offsets = sorted;
      reasons = following;
    }
  }

  OfPartition of(TopicPartition partition) {
    return partitions.computeIfAbsent(partition, absent -> new OfPartition());
  }

  void refuse(OfPartition partition, long offset, Rejection rejection, String message) {
    partition.refuse(offset, number(new Reason(rejection, message)));
  }

  private int number(Reason reason) {
    Integer known = numbers.get(reason);
    if (known != null) {
      return known;
    }
    int length = reason.message() == null ? 0 : reason.message().length();
    if (length > CHARACTERS - characters && !UNTOLD.equals(reason.message())) {
      return number(new Reason(reason.rejection(), UNTOLD));
    }
    characters += length;
    reasons.add(reason);
    numbers.put(reason, reasons.size() - 1);
    return reasons.size() - 1;
  }

  void add(Verdicts more) {
    schemaIds.addAll(more.schemaIds);
    days.addAll(more.days);
    more.partitions.forEach(
        (place, found) -> {
          OfPartition partition = of(place);
          partition.good += found.good;
          for (int i = 0; i < found.refused; i++) {
            partition.refuse(found.offsets[i], number(more.reasons.get(found.reasons[i])));
          }
        });
  }

  /** That a good record has this id. */
  void landedBy(int schemaId) {
    schemaIds.add(schemaId);
  }

  /** That a good record is of this day since 1970. */
  void landedOn(int day) {
    days.add(day);
  }

  /** Of the good records. */
  Set<LocalDate> dates() {
    return days.stream().map(LocalDate::ofEpochDay).collect(toUnmodifiableSet());
  }

  /** Of the good records. */
  Set<Integer> schemaIds() {
    return Collections.unmodifiableSet(schemaIds);
  }

  boolean isEmpty() {
    return partitions.isEmpty();
  }

  /** To be called before a verdict is looked for. */
  Verdicts sorted() {
    partitions.values().forEach(OfPartition::sort);
    return this;
  }

  /** Which of the refused ones of its topic-partition a record is, negative if it is none. */
  int find(TopicPartition place, long offset) {
    OfPartition partition = partitions.get(place);
    return partition == null
        ? -1
        : Arrays.binarySearch(partition.offsets, 0, partition.refused, offset);
  }

  /** Why it was refused. */
  Reason reason(TopicPartition place, int refused) {
    return reasons.get(partitions.get(place).reasons[refused]);
  }

  /** Good records of each topic-partition. */
  Map<TopicPartition, Long> good() {
    Map<TopicPartition, Long> good = new HashMap<>();
    partitions.forEach((place, found) -> good.put(place, found.good));
    return good;
  }

  /** How many records were refused for each reason. */
  Map<String, Long> refusedByReason() {
    Map<String, Long> counts = new HashMap<>();
    for (OfPartition partition : partitions.values()) {
      for (int i = 0; i < partition.refused; i++) {
        counts.merge(reasons.get(partition.reasons[i]).rejection().reason(), 1L, Long::sum);
      }
    }
    return counts;
  }

  boolean hasRefused() {
    return partitions.values().stream().anyMatch(found -> found.refused > 0);
  }

  /** For tests and logs. */
  @Override
  public String toString() {
    List<String> texts = new ArrayList<>();
    partitions.forEach(
        (place, found) ->
            texts.add("%s: %d good, %d not".formatted(place, found.good, found.refused)));
    return String.join("; ", texts);
  }
}
