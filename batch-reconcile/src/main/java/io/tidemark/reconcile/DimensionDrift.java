package io.tidemark.reconcile;

import static io.tidemark.reconcile.AlignedRows.BATCH;
import static io.tidemark.reconcile.AlignedRows.STREAM;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.min;
import static org.apache.spark.sql.functions.not;

import io.tidemark.landing.LandingQuery;
import io.tidemark.ops.Refreshes;
import io.tidemark.reconcile.counted.StreamCount;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.DateRun;
import io.tidemark.status.Recomputation;
import io.tidemark.table.LakeTable;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Rows of dates that were never sealed, and that the stream has counted with what a dimension said
 * before: it reads a dimension as it is at each of its batches.
 */
final class DimensionDrift {
  /** Each takes a recomputation. */
  private static final int TRIED = 10;

  private static final String EARLIER = "earlier";
  private static final String NOW = "now";

  private final Drift drift;
  private final Dataset<Row> stream;
  private final Dataset<Row> truth;
  private final Dataset<Row> counting;
  private final List<LocalDate> dates;
  private final SortedMap<LocalDate, Read> read;
  private final List<EarlierDimensions> earlier;

  /**
   * The refresh batches that read the events of a date.
   *
   * @param begun when the first of them began, at the earliest
   * @param last when the last of them was written
   */
  private record Read(Refreshes.Refresh first, Refreshes.Refresh by, Instant begun, Instant last) {
    Read and(Read other) {
      return new Read(
          begun.isAfter(other.begun) ? other.first : first,
          last.isAfter(other.last) ? by : other.by,
          begun.isAfter(other.begun) ? other.begun : begun,
          later(last, other.last));
    }

    boolean isAcross(EarlierDimensions change) {
      return !first.equals(by) && change.until().isAfter(begun) && !change.until().isAfter(last);
    }
  }

  /**
   * @param marked deliveries near these dates, see {@link StreamCount#marked}
   * @param dates that were never sealed
   */
  DimensionDrift(
      Drift drift,
      Dataset<Row> marked,
      Dataset<Row> stream,
      Dataset<Row> truth,
      Collection<LocalDate> dates) {
    this.drift = drift;
    this.dates = List.copyOf(dates);
    this.stream = on(stream, this.dates);
    this.truth = on(truth, this.dates);
    Column reached = drift.recomputation().reached(dates);
    this.counting =
        StreamCount.counting(marked, drift.recomputation().view())
            .where(reached)
            .where(col(StreamCount.COUNTS_IN_TIME));
    this.read = drift.tables().dimensions().isEmpty() ? new TreeMap<>() : read();
    this.earlier =
        read.values().stream()
            .map(Read::begun)
            .min(Instant::compareTo)
            .map(
                since ->
                    EarlierDimensions.of(
                        drift.run().spark(), drift.tables(), drift.finality().inputs(), since))
            .orElse(List.of());
  }

  /** The proof: what the stream took in gives its row, with what the dimensions said before. */
  void explain(Explained explained) {
    for (EarlierDimensions said : earlier.stream().limit(TRIED).toList()) {
      if (!isWanted(explained, dates)) {
        return;
      }
      explained.explain(rows(said, AlignedRows.agree(STREAM, EARLIER)), Cause.DIMENSION);
    }
  }

  /**
   * What cannot be proven: the row of a date whose events the stream has read both before and after
   * a change holds something of both. It is explained if the change makes a difference to it.
   */
  void explainMixtures(Explained explained) {
    for (EarlierDimensions said : earlier.stream().limit(TRIED).toList()) {
      List<LocalDate> across = dates.stream().filter(date -> isAcross(date, said)).toList();
      if (isWanted(explained, across)) {
        explained.explain(
            on(rows(said, not(AlignedRows.agree(EARLIER, NOW))), across), Cause.DIMENSION);
      }
    }
  }

  private boolean isAcross(LocalDate date, EarlierDimensions change) {
    return read.containsKey(date) && read.get(date).isAcross(change);
  }

  private static boolean isWanted(Explained explained, Collection<LocalDate> dates) {
    return !dates.isEmpty() && explained.unexplained().stream().anyMatch(dates::contains);
  }

  /** {@code date, key} of the rows of which this is so. */
  private Dataset<Row> rows(EarlierDimensions said, Column isSo) {
    Map<String, Dataset<Row>> dimensions = new HashMap<>(drift.recomputation().dimensions());
    said.versions()
        .forEach(
            (name, version) -> {
              LakeTable table = drift.tables().dimensions().get(name);
              dimensions.put(name, table.read(drift.run().spark(), version));
            });
    Recomputation now = drift.recomputation();
    Recomputation before = new Recomputation(now.view(), now.events(), dimensions);
    Map<String, Dataset<Row>> sides = new LinkedHashMap<>();
    sides.put(STREAM, stream);
    sides.put(BATCH, truth);
    sides.put(EARLIER, before.rows(counting, dates));
    sides.put(NOW, now.rows(counting, dates));
    return AlignedRows.align(now.view().definition().key(), sides)
        .where(isSo)
        .select(EventColumns.DATE, "key");
  }

  private static Dataset<Row> on(Dataset<Row> rows, List<LocalDate> dates) {
    return rows.where(DateRun.holds(col(EventColumns.DATE), DateRun.of(dates)));
  }

  private SortedMap<LocalDate, Read> read() {
    List<Row> found =
        counting
            .where(col("refresh").isNotNull())
            .groupBy(EventColumns.DATE)
            .agg(min("refresh"), max("refresh"), min(EventColumns.LANDED_BATCH))
            .collectAsList();
    Map<Long, Instant> landed =
        drift
            .run()
            .operations()
            .ledger()
            .landedAt(
                drift.run().spark(),
                new LandingQuery(drift.run().pipeline().name(), drift.tables().view().events())
                    .stream(),
                found.stream().map(row -> row.getLong(3)).toList());
    Map<Refreshes.Refresh, Instant> begun =
        drift
            .run()
            .operations()
            .refreshes()
            .begunAfter(
                drift.run().spark(),
                drift.run().pipeline().name(),
                drift.tables().view().name(),
                found.stream().map(row -> refresh(row.getStruct(1))).toList());
    Map<LocalDate, Read> byEventDate = new HashMap<>();
    for (Row row : found) {
      Refreshes.Refresh first = refresh(row.getStruct(1));
      byEventDate.put(
          row.getDate(0).toLocalDate(),
          new Read(
              first,
              refresh(row.getStruct(2)),
              later(
                  begun.getOrDefault(first, Instant.EPOCH),
                  landed.getOrDefault(row.getLong(3), Instant.EPOCH)),
              row.getStruct(2).getTimestamp(0).toInstant()));
    }
    SortedMap<LocalDate, Read> read = new TreeMap<>();
    for (LocalDate date : dates) {
      List<Read> ofDate = new ArrayList<>();
      date.datesUntil(drift.finality().window().lastEventDateOf(date).plusDays(1))
          .filter(byEventDate::containsKey)
          .map(byEventDate::get)
          .forEach(ofDate::add);
      ofDate.stream().reduce(Read::and).ifPresent(all -> read.put(date, all));
    }
    return read;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** Of {@code refreshed_at, batch, checkpoint}. */
  private static Refreshes.Refresh refresh(Row refresh) {
    return new Refreshes.Refresh(refresh.getString(2), refresh.getLong(1));
  }
}
