package io.tidemark.reconcile;

import static io.tidemark.reconcile.AlignedRows.BATCH;
import static io.tidemark.reconcile.AlignedRows.STREAM;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;

import io.tidemark.reconcile.counted.Choices;
import io.tidemark.reconcile.counted.ChosenDuplicates;
import io.tidemark.reconcile.counted.StreamCount;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.DateRun;
import io.tidemark.status.LandingRange;
import io.tidemark.status.Recomputation;
import io.tidemark.status.ViewTables;
import io.tidemark.view.DeliveryOrder;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Rows of dates that were never sealed, and that are what the stream made of conflicting
 * deliveries: the SQL over the deliveries that it counted, if it chose in some way that it can have
 * chosen, gives its row.
 *
 * @param marked deliveries near these dates, see {@link StreamCount#marked}
 * @param truth for the keys that the stream lacks: a way that lacks them too is right
 */
record DuplicateDrift(
    Drift drift,
    Dataset<Row> marked,
    Dataset<Row> stream,
    Dataset<Row> truth,
    Set<LocalDate> dates) {
  private static final String[] ID = {EventColumns.EVENT_ID};

  /** Tries the ways in rounds, until no row of these dates is left unexplained. */
  void explain(Explained explained) {
    Column reached = drift.recomputation().reached(dates);
    Choices choices = choices(reached);
    if (choices.ways().isEmpty()) {
      return;
    }
    Dataset<Row> counting = StreamCount.counting(marked, drift.tables().view()).where(reached);
    Dataset<Row> chosen =
        ChosenDuplicates.chosen(counting, choices).persist(StorageLevel.MEMORY_AND_DISK());
    try {
      for (List<Integer> ways : choices.rounds()) {
        explained.explain(proven(chosen, ways), Cause.DUPLICATE);
        if (explained.unexplained().stream().noneMatch(dates::contains)) {
          return;
        }
      }
    } finally {
      chosen.unpersist();
    }
  }

  /**
   * Of ids of these dates, wherever else they were delivered: the stream may have met them
   * together.
   */
  private Choices choices(Column reached) {
    ViewTables tables = drift.tables();
    Dataset<Row> ids = marked.where(reached).select(EventColumns.EVENT_ID).distinct();
    Column isNear = DateRun.holds(col(EventColumns.DATE), Recomputation.near(tables.view(), dates));
    List<Column> narrow = new ArrayList<>();
    narrow.add(col(EventColumns.EVENT_ID));
    narrow.add(col(EventColumns.EVENT_TIME));
    DeliveryOrder.COLUMNS.forEach(name -> narrow.add(col(name)));
    Dataset<Row> elsewhere =
        tables
            .events()
            .read(drift.run().spark(), drift.finality().inputs().events().version())
            .where(not(isNear))
            .select(narrow.toArray(Column[]::new))
            .join(ids, ID, "left_semi");
    return drift
        .count()
        .choices(
            marked.where(isNear).join(ids, ID, "left_semi"),
            drift.count().marked(elsewhere, new LandingRange(0, Long.MAX_VALUE - 1, false)),
            tables.eventColumns());
  }

  /** Which rows of the stream one of some ways gives: {@code date, key}. */
  private Dataset<Row> proven(Dataset<Row> chosen, List<Integer> ways) {
    Recomputation recomputation = drift.recomputation();
    Map<String, Dataset<Row>> sides = new LinkedHashMap<>();
    sides.put(STREAM, stream);
    sides.put(BATCH, truth);
    Column agree = lit(false);
    for (int way : ways) {
      String side = "way_" + way;
      sides.put(side, recomputation.rows(chosen.where(ChosenDuplicates.isCounted(way)), dates));
      agree = agree.or(AlignedRows.agree(STREAM, side));
    }
    return AlignedRows.align(recomputation.view().definition().key(), sides)
        .where(agree)
        .select(EventColumns.DATE, "key");
  }
}
