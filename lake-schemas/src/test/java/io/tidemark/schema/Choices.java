package io.tidemark.schema;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;

/**
 * Random choices that are remembered, so that what was made of them can be made again, and of fewer
 * and smaller ones: 0 is always the simplest choice.
 */
final class Choices {
  private static final int ATTEMPTS = 3_000;

  private final Random random;
  private final List<Integer> given;
  private final List<Integer> made = new ArrayList<>();

  private Choices(Random random, List<Integer> given) {
    this.random = random;
    this.given = given;
  }

  static Choices random(long seed) {
    return new Choices(new Random(seed), List.of());
  }

  /** These, and the simplest ones after them. */
  static Choices again(List<Integer> choices) {
    return new Choices(null, choices);
  }

  int below(int bound) {
    int position = made.size();
    int choice =
        position < given.size()
            ? Math.min(given.get(position), bound - 1)
            : random == null ? 0 : random.nextInt(bound);
    made.add(choice);
    return choice;
  }

  boolean oneIn(int bound) {
    return below(bound) == bound - 1;
  }

  @SafeVarargs
  final <T> T of(T... options) {
    return options[below(options.length)];
  }

  List<Integer> made() {
    return List.copyOf(made);
  }

  /** The simplest choices found that still fail. */
  static List<Integer> shrink(List<Integer> failing, Predicate<List<Integer>> fails) {
    List<Integer> least = new ArrayList<>(failing);
    int attempts = 0;
    boolean better = true;
    while (better && attempts < ATTEMPTS) {
      better = false;
      for (int size = 16; size > 0; size /= 2) {
        for (int from = 0; from + size <= least.size() && attempts < ATTEMPTS; from++) {
          List<Integer> fewer = new ArrayList<>(least);
          fewer.subList(from, from + size).clear();
          attempts++;
          if (fails.test(fewer)) {
            least = fewer;
            better = true;
            from--;
          }
        }
      }
      for (int i = 0; i < least.size() && attempts < ATTEMPTS; i++) {
        for (int smaller : new int[] {0, least.get(i) / 2, least.get(i) - 1}) {
          if (smaller >= 0 && smaller < least.get(i)) {
            List<Integer> lower = new ArrayList<>(least);
            lower.set(i, smaller);
            attempts++;
            if (fails.test(lower)) {
              least = lower;
              better = true;
            }
          }
        }
      }
    }
    return least;
  }
}
