package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.delta.DeltaInside;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A table to which batch after batch is appended, with and without upkeep. */
class TableGrowthIT {
  /** With {@code -Dtidemark.growth=160} they are what docs/performance.md says. */
  private static final int COMMITS = Integer.getInteger("tidemark.growth", 12);

  private static final int DATES = 4;

  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  /** Without upkeep only for the figures: that it grows is seen before each upkeep. */
  static Stream<Arguments> tables() {
    return Stream.of(TableFormat.values())
        .flatMap(format -> Stream.of(Arguments.of(format, false), Arguments.of(format, true)))
        .filter(table -> (boolean) table.get()[1] || Integer.getInteger("tidemark.growth") != null);
  }

  @ParameterizedTest
  @MethodSource("tables")
  void aTableThatIsMaintainedStaysSmall(TableFormat format, boolean isMaintained)
      throws IOException {
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    "shop.growing",
                    format,
                    StructType.fromDDL("n BIGINT, shop STRING, date DATE"),
                    Optional.of("date"),
                    List.of("n")));
    List<Long> millis = new ArrayList<>();
    int every = COMMITS / 4;
    for (int batch = 0; batch < COMMITS; batch++) {
      Instant begin = Instant.now();
      table.land(
          lake.spark(),
          number ->
              Sales.internal(
                  lake.spark()
                      .range(1000)
                      .selectExpr(
                          "id AS n",
                          "'shop' AS shop",
                          "date_add(date'2024-05-01', CAST(id %% %d AS INT)) AS date"
                              .formatted(DATES))),
          new Commit("land", batch),
          0);
      millis.add(Duration.between(begin, Instant.now()).toMillis());
      if (isMaintained && (batch + 1) % every == 0) {
        assertThat(dataFiles(table)).as("or else this would show nothing").isGreaterThan(DATES);
        maintain(table);
      }
    }
    Instant begin = Instant.now();
    assertThat(table.read(lake.spark()).where("n >= 0").count()).isEqualTo(1000L * COMMITS);
    long read = Duration.between(begin, Instant.now()).toMillis();
    long data = dataFiles(table);
    System.out.printf(
        Locale.ROOT,
        "%s %s: batch %.0f ms in the first tenth, %.0f ms in the last; %d data files, %d files in all, %d KB of metadata; read in %d ms%n",
        format,
        isMaintained ? "maintained" : "as it grows",
        average(millis.subList(COMMITS / 10, COMMITS / 5)),
        average(millis.subList(COMMITS - COMMITS / 10, COMMITS)),
        data,
        files(path -> true).count(),
        files(path -> !path.endsWith(".parquet") || path.contains("_delta_log"))
                .mapToLong(this::size)
                .sum()
            / 1024,
        read);

    if (isMaintained) {
      assertThat(data).isEqualTo(DATES);
    }
    assertThat(table.lastBatch("land")).hasValue(COMMITS - 1);
  }

  private static void maintain(LakeTable table) {
    UpkeepPolicy policy =
        new UpkeepPolicy(3, date -> true, Instant.now(), 0, Optional.empty(), List.of());
    table.upkeep().tasks(policy).forEach(task -> task.work().get());
  }

  private long dataFiles(LakeTable table) {
    String files =
        table.definition().format() == TableFormat.ICEBERG
            ? "SELECT file_path FROM lake.shop.growing.files"
            : "SELECT DISTINCT _metadata.file_path FROM delta.`%s`"
                .formatted(DeltaInside.path(table));
    return lake.spark().sql(files).count();
  }

  private static double average(List<Long> millis) {
    return millis.stream().mapToLong(Long::longValue).average().orElse(0);
  }

  private Stream<Path> files(java.util.function.Predicate<String> name) throws IOException {
    try (Stream<Path> all = Files.walk(lake.warehouse())) {
      return all
          .filter(Files::isRegularFile)
          .filter(file -> !file.getFileName().toString().endsWith(".crc"))
          .filter(file -> name.test(file.toString()))
          .toList()
          .stream();
    }
  }

  private long size(Path file) {
    return file.toFile().length();
  }
}
