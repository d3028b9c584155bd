package io.tidemark.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class DateSlicesTest {
  private static final LocalDate FIRST = LocalDate.parse("2011-01-01");

  /** How many dates each slice has, of as many events as these. */
  private static List<Integer> sizes(DateSlices slices, long... events) {
    TreeMap<LocalDate, Long> byDate = new TreeMap<>();
    IntStream.range(0, events.length).forEach(day -> byDate.put(FIRST.plusDays(day), events[day]));
    List<SortedSet<LocalDate>> found =
        slices.of(new TreeSet<>(byDate.keySet()), List.of(byDate, new TreeMap<>()));
    assertThat(found.stream().flatMap(SortedSet::stream))
        .containsExactlyElementsOf(byDate.keySet());
    return found.stream().map(SortedSet::size).toList();
  }

  @Test
  void aFewDatesAreAlwaysTogetherAndMoreOnlyIfTheyHaveFewEvents() {
    DateSlices slices = new DateSlices(2, 4, 10);

    assertThat(sizes(slices)).isEmpty();
    assertThat(sizes(slices, 1, 1, 1, 1, 1, 1)).containsExactly(4, 2);
    assertThat(sizes(slices, 99, 99, 99, 99, 99)).containsExactly(2, 2, 1);
    assertThat(sizes(slices, 4, 4, 2, 1, 9, 0, 0)).containsExactly(3, 4);
    assertThat(sizes(slices, 4, 4, 2, 1, 9, 1)).containsExactly(3, 2, 1);
  }

  @Test
  void aLongHistoryOfManyEventsIsReadByTheMonthAndOneOfFewAtOnce() {
    long[] many = LongStream.generate(() -> 1_000_000).limit(1_000).toArray();
    long[] few = LongStream.generate(() -> 1_000).limit(1_000).toArray();

    assertThat(sizes(DateSlices.USUAL, many)).hasSize(34).allMatch(dates -> dates <= 30);
    assertThat(sizes(DateSlices.USUAL, few)).containsExactly(1_000);
  }
}
