package io.tidemark.table.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LakeSessionStartTest {
  private static final String COUNTS_AGAIN = "spark.rdd.cache.visibilityTracking.enabled";

  private static Map<String, String> starting(
      Map<String, String> settings, Map<String, String> submitted) {
    SparkConf conf = new SparkConf(false);
    submitted.forEach(conf::set);
    return LakeSession.starting(URI.create("file:///lake/warehouse"), Map.of(), settings, conf);
  }

  @Test
  void withoutAClusterItRunsHereOnAllCores() {
    assertThat(starting(Map.of(), Map.of()))
        .containsEntry("spark.master", "local[*]")
        .containsEntry("spark.scheduler.mode", "FAIR")
        .doesNotContainKey(COUNTS_AGAIN);
  }

  @Test
  void onAClusterATaskThatIsTriedAgainCountsAgain() {
    Map<String, String> cluster = Map.of("spark.master", "spark://one:7077");

    assertThat(starting(Map.of(), cluster))
        .containsEntry(COUNTS_AGAIN, "true")
        .doesNotContainKey("spark.master");
    assertThat(starting(cluster, Map.of())).containsEntry(COUNTS_AGAIN, "true");
  }

  @ParameterizedTest
  @CsvSource({
    "local, false",
    "local[2], false",
    "local[*], false",
    "'local[4,3]', true",
    "'local-cluster[2,1,1024]', true",
    "yarn, true",
  })
  void soItDoesWhereverATaskIsTriedAgain(String master, boolean countsAgain) {
    assertThat(starting(Map.of(), Map.of("spark.master", master)).containsKey(COUNTS_AGAIN))
        .isEqualTo(countsAgain);
  }

  @Test
  void noDefaultChangesWhatItWasSubmittedWith() {
    assertThat(
            starting(
                Map.of(),
                Map.of(
                    "spark.master",
                    "k8s://https://api:443",
                    "spark.scheduler.mode",
                    "FIFO",
                    COUNTS_AGAIN,
                    "false")))
        .doesNotContainKeys("spark.master", "spark.scheduler.mode", COUNTS_AGAIN);
  }
}
