package io.tidemark.ops;

import static java.util.Comparator.comparing;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableEdits;
import io.tidemark.table.TableFormat;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * {@code ops.edits}: what was done to events tables other than appending. Each look goes on where
 * the last one ended, and so reads a commit once, however often somebody asks.
 */
public final class Edits {
  /** The table is not the one that was looked at before. */
  private static final String REPLACED = "replaced";

  private final LakeTable table;

  Edits(LakeTable table) {
    this.table = table;
  }

  /**
   * What a look found.
   *
   * @param version of the events table through which it looked
   * @param dates all that was edited until then
   */
  public record Look(long version, EditedDates dates) {}

  /** Where a look ended. */
  public record Last(long number, String tableId, long version) {
    private boolean isWhere(Last other) {
      return version == other.version && tableId.equals(other.tableId);
    }
  }

  /**
   * Looks through the commits since the last look, and keeps what it found.
   *
   * @param sealed the versions that seals were made from, asked for if nobody has looked before
   */
  public Look look(
      SparkSession spark,
      String pipeline,
      LakeTable events,
      Supplier<Collection<Long>> sealed,
      Instant now) {
    Last looked = keep(spark, pipeline, events, sealed, now);
    return new Look(looked.version(), dates(spark, pipeline, events, looked.number(), List.of()));
  }

  /** The same, for whoever looks next. */
  public Last keep(
      SparkSession spark,
      String pipeline,
      LakeTable events,
      Supplier<Collection<Long>> sealed,
      Instant now) {
    while (true) {
      Optional<Last> last = last(spark, pipeline, events);
      TableEdits found = found(events, last, sealed);
      Last next = new Last(last.map(Last::number).orElse(-1L) + 1, events.id(), found.through());
      if (last.filter(next::isWhere).isPresent()) {
        return last.get();
      }
      if (append(spark, pipeline, events, last, next, found, now)) {
        return next;
      }
      // Somebody else has looked meanwhile.
    }
  }

  /** The same, but keeps nothing. */
  public Look peek(
      SparkSession spark, String pipeline, LakeTable events, Supplier<Collection<Long>> sealed) {
    Optional<Last> last = last(spark, pipeline, events);
    TableEdits found = found(events, last, sealed);
    return new Look(
        found.through(),
        dates(spark, pipeline, events, last.map(Last::number).orElse(-1L), found.found()));
  }

  private static TableEdits found(
      LakeTable events, Optional<Last> last, Supplier<Collection<Long>> sealed) {
    if (last.isEmpty()) {
      return first(events, sealed.get());
    }
    return last.get().tableId().equals(events.id())
        ? events.edits(last.get().version())
        : TableEdits.unknown(events.version(), REPLACED);
  }

  private static TableEdits first(LakeTable events, Collection<Long> sealed) {
    if (sealed.isEmpty()) {
      return TableEdits.none(events.version());
    }
    if (events.definition().format() == TableFormat.DELTA) {
      return events.edits(Collections.min(sealed));
    }
    return sealed.stream().map(events::edits).reduce(TableEdits::and).orElseThrow();
  }

  private Optional<Last> last(SparkSession spark, String pipeline, LakeTable events) {
    return of(
            spark,
            pipeline,
            events,
            all ->
                all.where(col("operation").isNull())
                    .groupBy("events")
                    .agg(max_by(struct("*"), col("number")).as("last"))
                    .select("last.*"))
        .filter(row -> row.getAs("operation") == null)
        .max(comparing(row -> row.<Long>getAs("number")))
        .map(
            row ->
                new Last(
                    row.<Long>getAs("number"),
                    row.getAs("table_id"),
                    row.<Long>getAs("through_version")));
  }

  private EditedDates dates(
      SparkSession spark,
      String pipeline,
      LakeTable events,
      long looks,
      List<TableEdits.Edit> notKept) {
    SortedMap<LocalDate, Long> byDate = new TreeMap<>();
    SortedMap<LocalDate, Long> erased = new TreeMap<>();
    OptionalLong anyDate = OptionalLong.empty();
    List<Row> edits =
        of(
                spark,
                pipeline,
                events,
                all ->
                    all.where(col("operation").isNotNull().and(col("number").leq(looks)))
                        .groupBy("events", "date", "operation")
                        .agg(max("number").as("number")))
            .filter(row -> row.getAs("operation") != null && row.<Long>getAs("number") <= looks)
            .toList();
    for (Row edit : edits) {
      long number = edit.<Long>getAs("number");
      Date date = edit.getAs("date");
      if (date == null) {
        anyDate = OptionalLong.of(Math.max(anyDate.orElse(-1), number));
      } else {
        boolean isErased = edit.getAs("operation").equals(TableEdits.ERASED);
        (isErased ? erased : byDate).merge(date.toLocalDate(), number, Math::max);
      }
    }
    for (TableEdits.Edit edit : notKept) {
      if (edit.date().isPresent()) {
        boolean isErased = edit.operation().equals(TableEdits.ERASED);
        (isErased ? erased : byDate).put(edit.date().get(), looks + 1);
      } else {
        anyDate = OptionalLong.of(looks + 1);
      }
    }
    return new EditedDates(looks, byDate, anyDate, erased);
  }

  private boolean append(
      SparkSession spark,
      String pipeline,
      LakeTable events,
      Optional<Last> last,
      Last next,
      TableEdits found,
      Instant now) {
    Long from = last.map(Last::version).orElse(null);
    List<Row> rows = new ArrayList<>();
    rows.add(row(pipeline, events, from, next, null, null, null, now));
    for (TableEdits.Edit edit : found.found()) {
      Date date = edit.date().map(Date::valueOf).orElse(null);
      rows.add(row(pipeline, events, from, next, date, edit.operation(), edit.version(), now));
    }
    return table.append(
        spark, rows, new Commit("%s.edits.%s".formatted(pipeline, events.name()), next.number()));
  }

  private static Row row(
      String pipeline,
      LakeTable events,
      Long from,
      Last next,
      Date date,
      String operation,
      Long edited,
      Instant now) {
    return RowFactory.create(
        pipeline,
        events.name(),
        next.number(),
        next.tableId(),
        from,
        next.version(),
        date,
        operation,
        edited,
        Timestamp.from(now));
  }

  private Stream<Row> of(
      SparkSession spark, String pipeline, LakeTable events, UnaryOperator<Dataset<Row>> narrowed) {
    return new PipelineRows(table, pipeline)
            .read(spark, all -> narrowed.apply(all.where(col("events").equalTo(events.name()))))
            .stream()
            .filter(row -> row.getAs("events").equals(events.name()));
  }
}
