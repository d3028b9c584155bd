package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DriverTimeTest {
  @Test
  void aCommitThatPlansIsACommit() {
    assertThat(
            about(
                "org.apache.spark.sql.execution.QueryExecution",
                "org.apache.spark.sql.delta.OptimisticTransaction",
                "org.apache.spark.sql.classic.Dataset"))
        .isEqualTo(DriverTime.COMMIT);
  }

  @Test
  void whatIsOfNoKindIsAllElse() {
    assertThat(about("java.lang.Thread", "org.apache.spark.sql.classic.Dataset"))
        .isEqualTo(DriverTime.OTHER);
    assertThat(about("org.apache.spark.sql.catalyst.analysis.Analyzer$"))
        .isEqualTo(DriverTime.PLAN);
  }

  private static DriverTime about(String... classes) {
    return DriverTime.of(
        Arrays.stream(classes)
            .map(name -> new StackTraceElement(name, "method", null, 1))
            .toArray(StackTraceElement[]::new));
  }
}
