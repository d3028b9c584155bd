package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tidemark.local.LocalStack;
import io.tidemark.local.RegistryChoice;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("tool")
class ClusterWorkIT {
  private static final int WORKERS = 2;

  /** Of two landing batches. */
  private static final ClusterLoad LOAD = new ClusterLoad(5_000, 1, List.of(WORKERS), 4_000);

  /** Of few rows: to compile takes longer than to pass them through. */
  private static final String JAVA =
      "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions -XX:-BytecodeVerificationRemote";

  private static final Map<String, String> QUICK =
      Map.of(
          "spark.sql.codegen.wholeStage",
          "false",
          "spark.sql.codegen.factoryMode",
          "NO_CODEGEN",
          "spark.databricks.delta.snapshotPartitions",
          "1",
          "spark.driver.extraJavaOptions",
          JAVA,
          "spark.executor.extraJavaOptions",
          JAVA);

  @TempDir private Path folder;

  @Test
  void whatItLandsAndRefreshesIsWhatWasSentAndItsPartsAddUpToTheWorkersTime() throws Exception {
    ClusterReport report;
    try (LocalStack stack = LocalStack.tethered(folder, RegistryChoice.FOLDER)) {
      report =
          new ClusterWork(
                  stack.environment(),
                  folder,
                  Path.of("../conf/bench").toAbsolutePath(),
                  folder.resolve("logs"),
                  1,
                  QUICK)
              .run(LOAD);
    }

    assertThat(report.faults()).isEmpty();
    assertThat(report.rows())
        .extracting(ClusterRow::work)
        .isEqualTo(ClusterWorker.WORK.stream().map(Contender::label).toList());
    assertThat(report.rows().get(0).batches().batches()).isEqualTo(2);
    assertThat(report.rows().get(1).tasks().shuffleBytes()).isPositive();
    assertThat(report.rows()).allSatisfy(ClusterWorkIT::addsUp);
  }

  private static void addsUp(ClusterRow row) {
    assertThat(row.workers()).isEqualTo(WORKERS);
    double parts = row.parts().stream().mapToDouble(ClusterRow.Part::coreSeconds).sum();
    assertThat(parts).isCloseTo(WORKERS * row.wallSeconds(), within(0.001));
    assertThat(row.parts()).allMatch(part -> part.coreSeconds() > -0.05);
    assertThat(row.noJobSeconds()).isBetween(0.0, row.wallSeconds());
    assertThat(row.tasks().tasks()).isPositive();
    assertThat(row.driverCpuSecondsPerMillion()).isPositive();
    assertThat(row.executorCpuSecondsPerMillion() * LOAD.events() / 1e6)
        .isGreaterThan(row.tasks().cpuSeconds());
  }
}
