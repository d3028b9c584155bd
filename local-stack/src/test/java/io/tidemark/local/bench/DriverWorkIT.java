package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import io.tidemark.pipeline.PipelineFile;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DriverWorkIT {
  private static final DriverLoad LOAD = new DriverLoad(5, 2, 3);

  @TempDir private Path folder;

  @Test
  void aBatchOfEachKindIsDoneByAsManyTasksAndViewsAsWereAsked() throws Exception {
    DriverReport report;
    try (LocalStack stack = LocalStack.tethered(folder, RegistryChoice.FOLDER)) {
      report =
          new DriverWork(
                  stack.environment(),
                  folder,
                  PipelineFile.read(Path.of("../conf/bench")),
                  0,
                  1,
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(1))
              .run(LOAD);
    }

    assertThat(report.rows())
        .extracting(DriverReport.Row::work)
        .containsExactly(
            "a job of 3 tasks that do nothing",
            "landing 5 partitions, 3 files of delta",
            "landing 5 partitions, 3 files of iceberg",
            "a landing and 2 refreshes of a stream",
            "1 s of a stream with nothing new");
    assertThat(report.rows().subList(0, 3)).allMatch(row -> row.mostTasks() == LOAD.tasks());
    assertThat(report.rows())
        .allSatisfy(
            row -> {
              assertThat(row.ownSeconds()).isLessThanOrEqualTo(row.wallSeconds());
              assertThat(row.driverCpuSeconds()).isPositive();
            });
    assertThat(report.queries())
        .extracting(QueryBatches::query)
        .isEqualTo(List.of("the landing", "all views"));
    assertThat(report.queries().get(0).batches()).isPositive();
    assertThat(report.queries().get(1).batches()).isGreaterThanOrEqualTo(LOAD.views());
    assertThat(report.queries()).allMatch(query -> query.partsP50Seconds().containsKey("addBatch"));
  }
}
