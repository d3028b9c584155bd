package io.tidemark.table;

import static io.tidemark.table.Sales.KEY;
import static io.tidemark.table.Sales.internal;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.apache.spark.sql.functions.col;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.function.MapFunction;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that was thought dead, and writes when its successor is further on. */
class OutrunWriterTest {
  private static final Row OLD = sale("north", "mug", "1.000", "2011-01-01");
  private static final Row NEW = sale("north", "mug", "2.000", "2011-01-01");

  /** Runs once, while rows are evaluated: after the first look at the table. */
  private static Runnable successor;

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
  void anUpsertLeavesWhatALaterBatchHasWrittenMeanwhile(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    successor = () -> table.upsert(rows(lake, NEW), KEY, new Commit("refresh", 1));

    boolean written = table.upsert(interrupted(rows(lake, OLD)), KEY, new Commit("refresh", 0));

    assertThat(written).isFalse();
    assertThat(table.read(lake.spark()).collectAsList()).containsExactly(NEW);
    assertThat(table.lastBatch("refresh")).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void anAppendLeavesWhatAnotherProcessHasWrittenMeanwhile(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    successor =
        () ->
            table
                .land(lake.spark(), number -> internal(rows(lake, OLD)), new Commit("land", 0), 0)
                .isPresent();

    boolean written =
        table
            .land(
                lake.spark(),
                number -> internal(interrupted(rows(lake, OLD))),
                new Commit("land", 0),
                0)
            .isPresent();

    assertThat(written).isFalse();
    assertThat(table.read(lake.spark()).collectAsList()).containsExactly(OLD);
    assertThat(table.lastBatch("land")).hasValue(0);
  }

  /** A verb that is of a newer pipeline than the stream adds what its definition has. */
  @ParameterizedTest
  @EnumSource
  void anAppendGoesOnWhereTheTableGainsAColumnAndEvaluatesItsRowsOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    AtomicInteger evaluated = new AtomicInteger();
    successor =
        () -> {
          evaluated.incrementAndGet();
          lake.lake().create(Sales.table(format, Sales.COLUMNS.add("note", "string")));
        };

    boolean written =
        table
            .land(
                lake.spark(),
                number -> internal(interrupted(rows(lake, OLD))),
                new Commit("land", 0),
                0)
            .isPresent();

    assertThat(written).isTrue();
    assertThat(evaluated).as("they are counted while they pass").hasValue(1);
    assertThat(table.read(lake.spark()).where("note IS NULL").count()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsOutrunUnderASharedNameTakesTheNextNumber(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Column ours = col("price").equalTo(1);
    successor = once(() -> table.appendNext(rows(lake, NEW), "runs", col("price").equalTo(2)));

    table.appendNext(interrupted(rows(lake, OLD)), "runs", ours);

    assertThat(table.read(lake.spark()).collectAsList()).containsExactlyInAnyOrder(OLD, NEW);
    assertThat(table.lastBatch("runs")).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  void aCommitThatWentThroughWithoutAnAnswerIsNotMadeAgain(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    successor = once(() -> table.append(rows(lake, OLD), new Commit("runs", 0)));

    table.appendNext(interrupted(rows(lake, OLD)), "runs", col("price").equalTo(1));

    assertThat(table.read(lake.spark()).collectAsList()).containsExactly(OLD);
    assertThat(table.lastBatch("runs")).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsOutrunInARewriteIsAskedAgain(TableFormat format) {
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    "shop.stands", format, Sales.COLUMNS, Optional.empty(), List.of()));
    List<Integer> seen = new ArrayList<>();
    UnaryOperator<List<Row>> add =
        present -> {
          seen.add(present.size());
          List<Row> after = new ArrayList<>(present);
          after.add(present.isEmpty() ? OLD : NEW);
          return after;
        };

    boolean written =
        table.rewriteLocally(
            lake.spark(),
            present -> {
              if (seen.isEmpty()) {
                table.rewriteLocally(
                    lake.spark(), others -> Optional.of(add.apply(others)), "dates");
              }
              return Optional.of(add.apply(present));
            },
            "dates");

    assertThat(written).isTrue();
    assertThat(seen).containsExactly(0, 0, 1);
    assertThat(table.read(lake.spark()).collectAsList()).containsExactlyInAnyOrder(OLD, NEW);
    assertThat(table.lastBatch("dates")).hasValue(1);
  }

  private static Runnable once(Runnable action) {
    AtomicBoolean isDone = new AtomicBoolean();
    return () -> {
      if (isDone.compareAndSet(false, true)) {
        action.run();
      }
    };
  }

  private static Dataset<Row> interrupted(Dataset<Row> rows) {
    MapFunction<Row, Row> letTheSuccessorWrite =
        row -> {
          // Spark's sessions are not for its tasks' own threads.
          CompletableFuture.runAsync(successor).join();
          return row;
        };
    return rows.coalesce(1).map(letTheSuccessorWrite, Encoders.row(Sales.COLUMNS));
  }
}
