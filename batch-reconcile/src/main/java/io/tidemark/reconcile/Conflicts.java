package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_set;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.count_if;
import static org.apache.spark.sql.functions.format_string;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;
import static org.apache.spark.sql.functions.to_json;
import static org.apache.spark.sql.functions.when;

import io.tidemark.reconcile.counted.DeliveryContent;
import io.tidemark.reconcile.counted.StreamCount;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.RowContent;
import io.tidemark.view.DeliveryOrder;
import io.tidemark.view.View;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Deliveries of one id that differ from another one with an event time within the deduplication
 * window.
 *
 * @param events deliveries that count, of all ids whose deliveries differ at all
 * @param ids of which deliveries conflict
 * @param byDate how many ids have such a delivery on a date
 * @param examples a few
 */
record Conflicts(
    long events, long ids, SortedMap<LocalDate, Long> byDate, List<Conflict> examples) {
  static final Conflicts NONE = new Conflicts(0, 0, Collections.emptySortedMap(), List.of());

  private static final int EXAMPLES = 3;
  private static final String CONFLICTS = "_conflicts";

  Conflicts {
    byDate = Collections.unmodifiableSortedMap(new TreeMap<>(byDate));
    examples = List.copyOf(examples);
  }

  /**
   * @param near deliveries, marked or not
   * @param reached which of them are to be counted; only these have all columns
   * @param columns of the events table that the view reads
   */
  static Conflicts of(Dataset<Row> near, Column reached, List<String> columns, View view) {
    Dataset<Row> differing =
        near.groupBy(EventColumns.EVENT_ID)
            .agg(DeliveryContent.differ(near, columns).as("differ"), max(reached).as("reached"))
            .where("differ AND reached")
            .select(EventColumns.EVENT_ID);
    Duration window = view.definition().deduplicationWindow();
    Column content = DeliveryContent.of(near.schema(), columns);
    Dataset<Row> deliveries =
        near.join(differing, EventColumns.EVENT_ID)
            .withColumn(
                CONFLICTS,
                DeliveryOrder.differs(window, col(EventColumns.EVENT_TIME))
                    .or(DeliveryOrder.differs(window, content)))
            .withColumn(StreamCount.COUNTS, view.counts(lit(true)));
    return counted(deliveries, reached)
        .withExamples(examples(deliveries, reached, columns, window));
  }

  private Conflicts withExamples(List<Conflict> found) {
    return new Conflicts(events, ids, byDate, found);
  }

  private static Conflicts counted(Dataset<Row> deliveries, Column reached) {
    long events = 0;
    long ids = 0;
    SortedMap<LocalDate, Long> byDate = new TreeMap<>();
    List<Row> counted =
        deliveries
            .where(reached)
            .groupBy(EventColumns.EVENT_ID)
            .agg(
                count_if(col(StreamCount.COUNTS)).as("events"),
                array_sort(collect_set(when(col(CONFLICTS), col(EventColumns.DATE)))).as("dates"))
            .groupBy("dates")
            .agg(sum("events"), count(lit(1)))
            .collectAsList();
    for (Row row : counted) {
      List<Date> dates = row.getList(0);
      events += row.getLong(1);
      ids += dates.isEmpty() ? 0 : row.getLong(2);
      dates.forEach(date -> byDate.merge(date.toLocalDate(), row.getLong(2), Long::sum));
    }
    return new Conflicts(events, ids, byDate, List.of());
  }

  private static List<Conflict> examples(
      Dataset<Row> deliveries, Column reached, List<String> columns, Duration window) {
    Object[] ids =
        deliveries
            .where(col(CONFLICTS).and(reached))
            .select(EventColumns.EVENT_ID)
            .distinct()
            .orderBy(EventColumns.EVENT_ID)
            .limit(EXAMPLES)
            .collectAsList()
            .stream()
            .map(row -> row.get(0))
            .toArray();
    List<String> compared =
        List.of(deliveries.columns()).stream()
            .filter(name -> columns.contains(name) && !name.startsWith("_"))
            .toList();
    List<Column> values = new ArrayList<>();
    compared.forEach(
        name ->
            values.add(when(reached, to_json(struct(RowContent.column(name)), RowContent.WHOLE))));
    List<Row> rows =
        deliveries
            .where(col(EventColumns.EVENT_ID).isin(ids))
            .orderBy(col(EventColumns.EVENT_ID), DeliveryOrder.place())
            .select(
                col(EventColumns.EVENT_ID),
                col(EventColumns.EVENT_TIME),
                format_string(
                    "%s-%d@%d",
                    col(EventColumns.TOPIC), col(EventColumns.PARTITION), col(EventColumns.OFFSET)),
                array(values.toArray(Column[]::new)),
                when(reached.and(col(CONFLICTS)), col(EventColumns.DATE)))
            .collectAsList();
    List<Conflict> examples = new ArrayList<>();
    for (Object id : ids) {
      example(rows.stream().filter(row -> row.get(0).equals(id)).toList(), compared, window)
          .ifPresent(examples::add);
    }
    return examples;
  }

  private static Optional<Conflict> example(
      List<Row> inOrder, List<String> compared, Duration window) {
    for (int other = 1; other < inOrder.size(); other++) {
      for (int first = 0; first < other; first++) {
        List<String> differs = differs(inOrder.get(first), inOrder.get(other), compared);
        Duration apart = Duration.between(time(inOrder.get(first)), time(inOrder.get(other))).abs();
        if (!differs.isEmpty() && apart.compareTo(window) <= 0) {
          return Optional.of(
              new Conflict(
                  inOrder.get(0).getString(0),
                  date(List.of(inOrder.get(first), inOrder.get(other)))
                      .or(() -> date(inOrder))
                      .orElseThrow(),
                  inOrder.get(first).getString(2),
                  inOrder.get(other).getString(2),
                  differs));
        }
      }
    }
    return Optional.empty();
  }

  /** The first date on which one of them is to be counted and conflicts. */
  private static Optional<LocalDate> date(List<Row> deliveries) {
    return deliveries.stream()
        .filter(row -> !row.isNullAt(4))
        .map(row -> row.getDate(4).toLocalDate())
        .min(LocalDate::compareTo);
  }

  private static Instant time(Row row) {
    return row.<Timestamp>getAs(1).toInstant();
  }

  private static List<String> differs(Row first, Row other, List<String> compared) {
    List<String> differs = new ArrayList<>();
    List<String> values = first.getList(3);
    List<String> others = other.getList(3);
    for (int column = 0; column < compared.size(); column++) {
      String value = values.get(column);
      String another = others.get(column);
      boolean isTime = compared.get(column).equals(EventColumns.EVENT_TIME);
      if (isTime
          ? !time(first).equals(time(other))
          : value != null && another != null && !value.equals(another)) {
        differs.add(compared.get(column));
      }
    }
    return differs;
  }
}
