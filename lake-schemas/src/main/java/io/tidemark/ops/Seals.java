package io.tidemark.ops;

import static java.util.Comparator.comparing;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.table.LakeTable;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;
import java.util.function.Supplier;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import scala.jdk.javaapi.CollectionConverters;

/** {@code ops.seals}: which dates of which views were proven, and from what. */
public final class Seals {
  private static final Comparator<Row> IN_TIME =
      comparing((Row row) -> row.<Timestamp>getAs("sealed_at"))
          .thenComparing(row -> row.<Long>getAs("events"));

  private final LakeTable table;
  private final Map<String, Cached> cache = new ConcurrentHashMap<>();

  private record Cached(long version, SortedSet<LocalDate> dates) {}

  Seals(LakeTable table) {
    this.table = table;
  }

  /**
   * Appends seals of one run, in one commit.
   *
   * @param seals at least one
   */
  public void append(SparkSession spark, String pipeline, String view, List<Seal> seals) {
    List<Row> rows = seals.stream().map(seal -> row(pipeline, view, seal)).toList();
    Seal any = seals.get(0);
    table.appendNext(
        spark,
        rows,
        pipeline + "." + view,
        col("pipeline")
            .equalTo(pipeline)
            .and(col("view").equalTo(view))
            .and(col("run").equalTo(any.run()))
            .and(col("sealed_at").equalTo(Timestamp.from(any.sealedAt()))));
  }

  /** The last seal of each sealed date, by view; one without any is absent. */
  public Map<String, SortedMap<LocalDate, Seal>> last(SparkSession spark, String pipeline) {
    Map<String, SortedMap<LocalDate, Row>> last = new HashMap<>();
    new PipelineRows(table, pipeline)
        .read(
            spark,
            all ->
                all.groupBy("view", "date")
                    .agg(max_by(struct("*"), struct("sealed_at", "events")).as("seal"))
                    .select("seal.*"))
        .forEach(
            row ->
                last.computeIfAbsent(row.getAs("view"), view -> new TreeMap<>())
                    .merge(
                        row.<Date>getAs("date").toLocalDate(), row, BinaryOperator.maxBy(IN_TIME)));
    Map<String, SortedMap<LocalDate, Seal>> seals = new HashMap<>();
    last.forEach(
        (view, dates) -> {
          SortedMap<LocalDate, Seal> ofView = new TreeMap<>();
          dates.forEach((date, row) -> ofView.put(date, seal(row)));
          seals.put(view, ofView);
        });
    return seals;
  }

  /**
   * The sealed dates of a view by their last seals that count, dirty ones too. Reads the table only
   * when it has changed, so it may be asked in every micro-batch.
   */
  public SortedSet<LocalDate> sealedDates(
      SparkSession spark, String pipeline, String view, Supplier<SealValidity> validity) {
    long version = table.version();
    Cached cached =
        cache.compute(
            pipeline + "." + view,
            (key, known) ->
                known != null && known.version() == version
                    ? known
                    : new Cached(
                        version,
                        Collections.unmodifiableSortedSet(
                            dates(spark, version, pipeline, view, validity))));
    return cached.dates();
  }

  private SortedSet<LocalDate> dates(
      SparkSession spark,
      long version,
      String pipeline,
      String view,
      Supplier<SealValidity> validity) {
    SortedSet<LocalDate> dates = new TreeSet<>();
    List<Row> sealed =
        table
            .read(spark, version)
            .where(col("pipeline").equalTo(pipeline).and(col("view").equalTo(view)))
            .groupBy("date")
            .agg(max("sealed_at"))
            .collectAsList();
    if (sealed.isEmpty()) {
      return dates;
    }
    SealValidity counting = validity.get();
    for (Row row : sealed) {
      LocalDate date = row.getDate(0).toLocalDate();
      if (counting.counts(date, row.getTimestamp(1).toInstant())) {
        dates.add(date);
      }
    }
    return dates;
  }

  private static Row row(String pipeline, String view, Seal seal) {
    return RowFactory.create(
        pipeline,
        view,
        Date.valueOf(seal.date()),
        seal.rows(),
        seal.fingerprint(),
        seal.events(),
        seal.eventsVersion(),
        Cells.ofNumber(seal.landedThrough()),
        seal.dimensionVersions(),
        seal.tableVersion(),
        seal.viewVersion(),
        seal.run(),
        Timestamp.from(seal.sealedAt()),
        seal.deduplicationWindow().map(Duration::toString).orElse(null),
        Cells.ofNumber(seal.conflicting()),
        Cells.ofNumber(seal.editsThrough()),
        seal.dimensionContents(),
        seal.found().map(Seal.Found::agreement).orElse(null),
        seal.found().map(Seal.Found::drift).orElse(null));
  }

  private static Seal seal(Row row) {
    scala.collection.Map<String, Long> dimensionVersions = row.getAs("dimension_versions");
    scala.collection.Map<String, String> contents = row.getAs("dimension_contents");
    return new Seal(
        row.<Date>getAs("date").toLocalDate(),
        row.<Long>getAs("rows"),
        row.getAs("fingerprint"),
        row.<Long>getAs("events"),
        row.<Long>getAs("events_version"),
        Cells.number(row.getAs("landed_through")),
        CollectionConverters.asJava(dimensionVersions),
        row.<Long>getAs("table_version"),
        row.getAs("view_version"),
        row.getAs("run"),
        row.<Timestamp>getAs("sealed_at").toInstant(),
        Optional.ofNullable(row.<String>getAs("deduplication_window")).map(Duration::parse),
        Cells.number(row.getAs("conflicting")),
        Cells.number(row.getAs("edits_through")),
        contents == null ? Map.of() : CollectionConverters.asJava(contents),
        Optional.ofNullable(row.<Double>getAs("agreement"))
            .map(agreement -> new Seal.Found(agreement, drift(row))));
  }

  private static Map<String, Long> drift(Row row) {
    scala.collection.Map<String, Long> drift = row.getAs("drift");
    return drift == null ? Map.of() : CollectionConverters.asJava(drift);
  }
}
