package io.tidemark.landing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LandingTasksTest {

  @ParameterizedTest
  @CsvSource({
    "1, 0, 1",
    "12, 10, 1",
    "2, 100000, 2",
    "4, 75000, 3",
    "50, 1, 1",
    "51, 1, 2",
    "1000, 1, 20",
  })
  void aTaskReadsManyRecordsButNotTheRecordsOfManyPartitions(
      int partitions, long recordsOfEach, int tasks) {
    List<PlannedSpan> planned =
        IntStream.range(0, partitions)
            .mapToObj(
                partition ->
                    new PlannedSpan(new TopicPartition("clicks", partition), 7, 7 + recordsOfEach))
            .toList();
    assertThat(Landing.tasks(planned)).isEqualTo(tasks);
  }
}
