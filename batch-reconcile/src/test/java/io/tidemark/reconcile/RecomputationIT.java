package io.tidemark.reconcile;

import static java.util.stream.Collectors.toCollection;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.status.DateRun;
import io.tidemark.status.Recomputation;
import io.tidemark.status.ViewTables;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dates of random histories, recomputed in any company, are what the rule says of each of them. */
class RecomputationIT {
  private static final int HISTORIES = Integer.getInteger("tidemark.histories", 300);
  private static final int TOGETHER = 125;
  private static final int GROUPS = 3;
  private static final int DAYS = 5;

  @TempDir private Path folder;

  @Test
  void aDateIsTheSameWhicheverDatesAreRecomputedWithIt() {
    try (TestLake lake = TestLake.in(folder)) {
      ViewTables till = Till.of(lake, TableFormat.DELTA).view();
      for (int from = 0; from < HISTORIES; from += TOGETHER) {
        compare(lake, till, from, Math.min(from + TOGETHER, HISTORIES));
      }
    }
  }

  private static void compare(TestLake lake, ViewTables till, int from, int until) {
    List<History> histories = new ArrayList<>();
    for (int seed = from; seed < until; seed++) {
      histories.add(history(seed, from));
    }
    List<SortedSet<LocalDate>> groups = groups(until - from, new Random(from));
    SortedMap<LocalDate, List<String>> recomputed = new TreeMap<>();
    for (SortedSet<LocalDate> dates : groups) {
      recomputed.putAll(recomputed(lake, till, histories, dates));
    }
    for (int seed = from; seed < until; seed++) {
      History history = histories.get(seed - from);
      var truth = History.truth(history.sales());
      var found = recomputed.subMap(begin(seed, from), begin(seed + 1, from));
      if (!rows(found).equals(History.text(truth))) {
        History least = shrunk(lake, till, history, groups);
        assertThat(rows(least, lake, till, groups))
            .as("seed %d, dates %s, history %s", seed, groups, least)
            .isEqualTo(History.text(History.truth(least.sales())));
      }
    }
  }

  private static LocalDate begin(int seed, int first) {
    return Till.FIRST.plusDays((long) DAYS * (seed - first));
  }

  private static History history(int seed, int first) {
    Instant begin = begin(seed, first).atStartOfDay(ZoneOffset.UTC).toInstant();
    return History.random(seed, "id" + seed, begin);
  }

  /** Every date in one of them. */
  private static List<SortedSet<LocalDate>> groups(int histories, Random random) {
    List<SortedSet<LocalDate>> groups = new ArrayList<>();
    for (int group = 0; group < GROUPS; group++) {
      groups.add(new TreeSet<>());
    }
    for (int day = 0; day < histories * DAYS; day++) {
      groups.get(random.nextInt(GROUPS)).add(Till.FIRST.plusDays(day));
    }
    return groups;
  }

  private static SortedMap<LocalDate, List<String>> recomputed(
      TestLake lake, ViewTables till, List<History> histories, SortedSet<LocalDate> dates) {
    List<Row> rows = new ArrayList<>();
    histories.forEach(history -> rows.addAll(rows(history)));
    Dataset<Row> events =
        lake.spark().createDataFrame(rows, till.events().definition().columns()).repartition(2);
    Column reached = DateRun.holds(col("date"), DateRun.of(dates));
    // As PinnedEvents reads them: of other dates no more than tells which deliveries count.
    Dataset<Row> pinned =
        events
            .withColumn("shop", when(reached, col("shop")))
            .withColumn("amount", when(reached, col("amount")));
    SortedMap<LocalDate, List<String>> found = new TreeMap<>();
    new Recomputation(till.view(), pinned, Map.of())
        .rows(dates).orderBy("window_start", "shop").collectAsList().stream()
            .forEach(
                row ->
                    found
                        .computeIfAbsent(
                            row.<Date>getAs("date").toLocalDate(), date -> new ArrayList<>())
                        .add(
                            "%s %s %d %d"
                                .formatted(
                                    row.getTimestamp(0).toInstant(),
                                    row.getString(1),
                                    row.getLong(2),
                                    row.getLong(3))));
    return found;
  }

  private static List<Row> rows(History history) {
    List<Row> rows = new ArrayList<>();
    long offset = 0;
    for (int batch = 0; batch < history.batches().size(); batch++) {
      for (History.Sale sale : history.batches().get(batch)) {
        Timestamp time = Timestamp.from(sale.time());
        rows.add(
            RowFactory.create(
                sale.id(),
                time,
                sale.shop(),
                sale.amount(),
                "sales",
                0,
                offset++,
                time,
                (long) batch,
                1,
                null,
                null,
                Date.valueOf(LocalDate.ofInstant(sale.time(), ZoneOffset.UTC))));
      }
    }
    return rows;
  }

  private static List<String> rows(SortedMap<LocalDate, List<String>> found) {
    return found.values().stream().flatMap(List::stream).toList();
  }

  private static List<String> rows(
      History history, TestLake lake, ViewTables till, List<SortedSet<LocalDate>> groups) {
    SortedMap<LocalDate, List<String>> found = new TreeMap<>();
    groups.forEach(dates -> found.putAll(recomputed(lake, till, List.of(history), dates)));
    return rows(found);
  }

  /** Less deliveries, as long as it is wrong. */
  private static History shrunk(
      TestLake lake, ViewTables till, History history, List<SortedSet<LocalDate>> groups) {
    for (History.Sale left : history.sales()) {
      History less =
          new History(
              history.batches().stream()
                  .map(
                      batch ->
                          (List<History.Sale>)
                              batch.stream()
                                  .filter(sale -> sale != left)
                                  .collect(toCollection(ArrayList::new)))
                  .toList());
      if (!rows(less, lake, till, groups).equals(History.text(History.truth(less.sales())))) {
        return shrunk(lake, till, less, groups);
      }
    }
    return history;
  }
}
