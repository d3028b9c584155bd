package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.internal;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongFunction;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Landings of several queries in one table: their numbers tell the order of their commits. */
class LandingNumberTest {
  private static final int WRITERS = 3;
  private static final int BATCHES = 4;

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

  @ParameterizedTest
  @EnumSource
  void theBatchesOfALoneQueryAreTheNumbers(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    for (long batch = 0; batch < 3; batch++) {
      assertThat(land(table, "stream", batch, batch)).hasValue(batch);
      assertThat(table.number(new Commit("stream", batch))).hasValue(batch);
    }
    assertThat(land(table, "stream", 2, 2)).as("that is there").isEmpty();
    assertThat(land(table, "stream", 7, 7)).hasValue(7);
  }

  @ParameterizedTest
  @EnumSource
  void queriesInTurnShareOneSequence(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(land(table, "stream", 0, 0)).hasValue(0);
    assertThat(land(table, "replay", 0, 0)).hasValue(1);
    assertThat(land(table, "replay", 1, 0)).hasValue(2);
    assertThat(land(table, "stream", 1, 1)).hasValue(3);
    assertThat(land(table, "stream", 9, 9)).hasValue(9);
    assertThat(table.number(new Commit("replay", 1))).hasValue(2);
    assertThat(table.number(new Commit("stream", 1))).as("no longer its last").isEmpty();
    assertThat(table.lastBatch("stream")).hasValue(9);
  }

  @ParameterizedTest
  @EnumSource
  void aTableOfBeforeGoesOnAboveWhatIsAskedFor(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    table.append(rows(lake, MUG), new Commit("stream", 41));

    assertThat(table.number(new Commit("stream", 41))).isEmpty();
    assertThat(land(table, "stream", 41, 41)).as("that is there").isEmpty();
    assertThat(land(table, "replay", 0, 42)).hasValue(42);
    assertThat(land(table, "stream", 42, 42)).hasValue(43);
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsOutrunLandsNothingAndLeavesNoFile(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    land(table, "stream", 0, 0);
    LongFunction<RDD<InternalRow>> outrun =
        number -> {
          land(table, "replay", 0, 0);
          return internal(rows(lake, CUP).coalesce(1));
        };
    long files = dataFiles();

    assertThatThrownBy(() -> table.land(lake.spark(), outrun, new Commit("stream", 1), 1))
        .isInstanceOf(OutrunException.class)
        .hasMessageStartingWith(
            "Cannot land batch 1 of stream in shop.sales as landing 1: another");

    assertRows(lake, table, MUG, MUG);
    assertThat(dataFiles()).as("but that of the other one").isEqualTo(files + 1);
    assertThat(land(table, "stream", 1, 1)).hasValue(2);
  }

  /** So whoever loses again and again leaves room for others. */
  @ParameterizedTest
  @EnumSource
  void aHigherNumberIsNotOutrunByTheNext(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    land(table, "stream", 0, 0);
    LongFunction<RDD<InternalRow>> slow =
        number -> {
          land(table, "stream", 1, 1);
          land(table, "stream", 2, 2);
          return internal(rows(lake, CUP).coalesce(1));
        };

    assertThat(table.land(lake.spark(), slow, new Commit("replay", 0), 9)).hasValue(9);

    assertRows(lake, table, MUG, MUG, MUG, CUP);
    assertThat(table.number(new Commit("replay", 0))).hasValue(9);
    assertThat(land(table, "stream", 3, 3)).hasValue(10);
  }

  /** Delta refuses such a commit for the column first, and is asked again. */
  @ParameterizedTest
  @EnumSource
  void soIsOneWhoseTableGainsAColumnToo(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    land(table, "stream", 0, 0);
    LongFunction<RDD<InternalRow>> outrun =
        number -> {
          lake.lake().create(Sales.table(format, Sales.COLUMNS.add("note", "string")));
          land(table, "replay", 0, 0);
          return internal(rows(lake, CUP).coalesce(1));
        };

    assertThatThrownBy(() -> table.land(lake.spark(), outrun, new Commit("stream", 1), 1))
        .isInstanceOf(OutrunException.class);
    assertThat(table.read(lake.spark()).count()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void anEditOrAnotherColumnOutrunsNobody(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    land(table, "stream", 0, 0);
    LongFunction<RDD<InternalRow>> rows =
        number -> {
          lake.lake().create(Sales.table(format, Sales.COLUMNS.add("note", "string")));
          return internal(rows(lake, CUP).coalesce(1));
        };

    assertThat(table.land(lake.spark(), rows, new Commit("stream", 1), 1)).hasValue(1);
    assertThat(table.read(lake.spark()).count()).isEqualTo(2);
  }

  @ParameterizedTest
  @EnumSource
  void theOrderOfNumbersIsTheOfCommitsWhoeverWritesAtATime(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    List<Long> landed = Collections.synchronizedList(new ArrayList<>());

    CompletableFuture.allOf(
            IntStream.range(0, WRITERS)
                .mapToObj(
                    writer -> CompletableFuture.runAsync(() -> landAll(table, writer, landed)))
                .toArray(CompletableFuture[]::new))
        .join();

    assertThat(landed)
        .containsExactlyInAnyOrderElementsOf(
            LongStream.range(0, WRITERS * BATCHES).boxed().toList());
    for (List<Long> numbers : numbersByVersion(format)) {
      assertThat(numbers)
          .as("a version holds all numbers below its highest")
          .containsExactlyElementsOf(LongStream.range(0, numbers.size()).boxed().toList());
    }
  }

  private void landAll(LakeTable table, int writer, List<Long> landed) {
    for (long batch = 0; batch < BATCHES; batch++) {
      OptionalLong number = OptionalLong.empty();
      while (number.isEmpty()) {
        try {
          number =
              table.land(lake.spark(), this::numbered, new Commit("writer" + writer, batch), 0);
        } catch (OutrunException again) {
          assertThat(again).hasMessageContaining("writer" + writer);
        }
      }
      landed.add(number.getAsLong());
    }
  }

  /** One row, whose price is the number. */
  private RDD<InternalRow> numbered(long number) {
    return internal(rows(lake, sale("north", "mug", number + ".000", "2011-01-01")).coalesce(1));
  }

  private List<List<Long>> numbersByVersion(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Stream<Long> versions =
        format == TableFormat.DELTA
            ? LongStream.rangeClosed(0, table.version()).boxed()
            : lake
                .spark()
                .sql("SELECT snapshot_id FROM lake.shop.sales.snapshots")
                .collectAsList()
                .stream()
                .map(row -> row.getLong(0));
    return versions
        .map(
            version ->
                table
                    .read(lake.spark(), version)
                    .selectExpr("CAST(price AS BIGINT) AS number")
                    .orderBy("number")
                    .collectAsList()
                    .stream()
                    .map(row -> row.getLong(0))
                    .toList())
        .toList();
  }

  private OptionalLong land(LakeTable table, String query, long batch, long least) {
    return table.land(
        lake.spark(), number -> internal(rows(lake, MUG)), new Commit(query, batch), least);
  }

  private long dataFiles() throws Exception {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".parquet")).count();
    }
  }
}
