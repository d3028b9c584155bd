package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.OperatingSystemMXBean;
import io.tidemark.table.delta.DeltaInside;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Batches of changed keys on a date of many rows, upserted by either means. */
class LargeDateIT {
  /** With {@code -Dtidemark.large=1000000} it measures what docs/performance.md says. */
  private static final long ROWS = Long.getLong("tidemark.large", 2_000);

  private static final long CHANGED = ROWS < 10_000 ? ROWS / 20 : 10_000;
  private static final int BATCHES = ROWS < 10_000 ? 2 : ROWS < 5_000_000 ? 5 : 3;
  private static final List<String> KEY = List.of("date", "hour", "customer");

  @TempDir private Path folder;
  private TestLake lake;

  /** As a cluster compiles it; tests are otherwise faster without. */
  @BeforeEach
  void open() {
    lake =
        TestLake.in(
            folder,
            Map.of(
                "spark.sql.codegen.wholeStage", "true",
                "spark.sql.codegen.factoryMode", "FALLBACK"));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void bothMeansMakeTheSameTable(TableFormat format) throws IOException {
    LakeTable rewritten = measured("rewritten", format, Long.MAX_VALUE);
    LakeTable marked = measured("marked", format, 1);

    assertThat(marks(rewritten)).isFalse();
    assertThat(marks(marked)).as("marks of less than a tenth").isEqualTo(ROWS >= 10 * CHANGED);
    assertThat(marked.countsByDate()).isEqualTo(rewritten.countsByDate());
    assertThat(marked.countsByDate().values()).containsExactly(ROWS + BATCHES * (CHANGED / 10));
    assertThat(content(marked)).isEqualTo(content(rewritten));
  }

  private LakeTable measured(String how, TableFormat format, long large) throws IOException {
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    "shop." + how,
                    format,
                    StructType.fromDDL(
                        "hour INT, customer BIGINT, purchases BIGINT, revenue DECIMAL(18,2), date DATE"),
                    Optional.of("date"),
                    KEY));
    table.append(rows(lake.spark().range(ROWS), 0).repartition(1), new Commit("fill", 0));
    if (format == TableFormat.DELTA) {
      DeltaInside.setDeletionVectors(lake.spark(), table, true);
    }
    RowLevel.applyFrom(lake.spark(), large);
    List<Long> wall = new ArrayList<>();
    List<Long> cpu = new ArrayList<>();
    List<Long> bytes = new ArrayList<>();
    for (int batch = 1; batch <= BATCHES; batch++) {
      Set<Path> before = files();
      long begin = System.nanoTime();
      long used = cpu();
      table.upsert(changed(batch), KEY, new Commit("refresh", batch));
      wall.add(System.nanoTime() - begin);
      cpu.add(cpu() - used);
      bytes.add(
          files().stream().filter(file -> !before.contains(file)).mapToLong(this::size).sum());
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %,d rows, %s: a batch of %,d keys takes %.2f s, %.2f s of processors, %,d KB written (medians of %d)%n",
        format,
        ROWS,
        how,
        CHANGED,
        median(wall) / 1e9,
        median(cpu) / 1e9,
        (long) median(bytes) / 1024,
        BATCHES);
    return table;
  }

  /** Nine in ten of the keys are there already, all over the date. */
  private Dataset<Row> changed(int batch) {
    long added = CHANGED / 10;
    long there = CHANGED - added;
    long step = ROWS / there;
    return rows(lake.spark().range(0, there * step, step), batch)
        .unionByName(
            rows(lake.spark().range(ROWS + (batch - 1) * added, ROWS + batch * added), batch));
  }

  private static Dataset<Row> rows(Dataset<Long> ids, int batch) {
    return ids.selectExpr(
        "CAST(id % 24 AS INT) AS hour",
        "id AS customer",
        batch + " + id % 7 AS purchases",
        "CAST(id % 10007 + 0.01 AS DECIMAL(18,2)) AS revenue",
        "date'2024-05-01' AS date");
  }

  private Row content(LakeTable table) {
    return table
        .read(lake.spark())
        .selectExpr(
            "sum(xxhash64(hour, customer, purchases, revenue, date) % 1000003)",
            "sum(purchases)", "sum(revenue)")
        .head();
  }

  /** Whether there are rows that are marked as deleted. */
  private boolean marks(LakeTable table) {
    return table.definition().format() == TableFormat.DELTA
        ? DeltaInside.filesWithDeletionVectors(table) > 0
        : lake.spark()
                .sql("SELECT * FROM lake." + table.name() + ".files WHERE content <> 0")
                .count()
            > 0;
  }

  private static long cpu() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static double median(List<Long> values) {
    return values.stream().sorted().toList().get(values.size() / 2);
  }

  private Set<Path> files() throws IOException {
    try (Stream<Path> all = Files.walk(lake.warehouse())) {
      return new HashSet<>(all.filter(Files::isRegularFile).toList());
    }
  }

  private long size(Path file) {
    return file.toFile().length();
  }
}
