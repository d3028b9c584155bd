package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;

class KafkaTopicTest {
  private static final String TIMEOUT = "spark.kafka.consumer.fetchedData.cache.timeout";

  @Test
  void whatWasFetchedForNobodyIsKeptForSecondsUnlessSparkWasSubmittedOtherwise() {
    SparkConf submitted = new SparkConf(false);
    assertThat(KafkaTopic.settings(submitted)).containsEntry(TIMEOUT, "10s").hasSize(2);

    submitted.set(TIMEOUT, "1m");
    assertThat(KafkaTopic.settings(submitted)).doesNotContainKey(TIMEOUT).hasSize(1);
  }
}
