package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.DateState;
import io.tidemark.ops.Operations;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.ops.Seal;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.report.StatusReport;
import io.tidemark.report.ViewStatus;
import io.tidemark.status.DateSlices;
import io.tidemark.status.EventsSnapshot;
import io.tidemark.status.FinalityTables;
import io.tidemark.status.Recomputation;
import io.tidemark.status.ViewTables;
import io.tidemark.table.Commit;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.SortedSet;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;

/**
 * A pipeline of one view, sales by window and shop, whose events, view and refreshes a test writes
 * literally, so that it decides what the stream did.
 */
public final class Till {
  public static final LocalDate FIRST = LocalDate.parse("2011-01-01");

  /** With a place for a window's length and slide. */
  public static final String SQL =
      """
      SELECT window.start AS window_start, shop, count(*) AS sales, sum(amount) AS amount
      FROM events GROUP BY window(event_time, %s), shop""";

  /** By the clock, all dates are over then. */
  private static final Instant REFRESHED = Instant.parse("2011-06-01T00:00:00Z");

  private final TestLake lake;
  private final PipelineTables tables;
  private final List<Row> delivered = new ArrayList<>();
  private final ViewTables view;
  private long offset;
  private String landedBy;
  private long landedBatch;
  private long nextToRefresh;
  private long refreshedBatch;
  private Instant newestEvent;
  private OptionalLong late = OptionalLong.empty();
  private Instant refreshedFrom = REFRESHED;
  private long shops;
  private long written;
  private String viewVersion;
  private Runnable publish = () -> {};
  private Clock clock = Clock.systemUTC();
  private DateSlices slices = DateSlices.USUAL;

  private Till(TestLake lake, PipelineTables tables) {
    this.lake = lake;
    this.tables = tables;
    this.view = ViewTables.of(tables, "sales");
    this.viewVersion = view.view().version().name();
  }

  /** A view over one-hour windows. */
  public static Till of(TestLake lake, TableFormat format) {
    return of(lake, format, "'1 hour'");
  }

  /**
   * @param window length and slide, as SQL has them
   */
  static Till of(TestLake lake, TableFormat format, String window) {
    return withSql(lake, format, SQL.formatted(window));
  }

  /**
   * @param sql of a view with the columns window_start, shop, sales and amount
   */
  static Till withSql(TestLake lake, TableFormat format, String sql) {
    return new Till(lake, TillTables.open(lake, format, sql));
  }

  /** The same with everything in one format, also what the lake says of itself. */
  public static Till allIn(TestLake lake, TableFormat format, String sql) {
    return in(lake, format, format, sql);
  }

  /**
   * @param operations the format of what the lake says of itself
   */
  static Till in(TestLake lake, TableFormat format, TableFormat operations, String sql) {
    return new Till(lake, TillTables.open(lake, format, sql, operations, List.of()));
  }

  /** The same with checks that hold back seals. */
  static Till gated(TestLake lake, TableFormat format, String sql, List<QualityCheck> gates) {
    return new Till(lake, TillTables.open(lake, format, sql, TableFormat.ICEBERG, gates));
  }

  /** One more delivery, in the batch that {@link #land()} will write. */
  public Till deliver(String id, String time, String shop, int amount) {
    Timestamp at = Timestamp.from(Instant.parse(time));
    delivered.add(
        RowFactory.create(
            id,
            at,
            shop,
            amount,
            "sales",
            0,
            offset++,
            at,
            landedBatch,
            1,
            null,
            landedBy,
            Date.valueOf(LocalDate.ofInstant(at.toInstant(), ZoneOffset.UTC))));
    return this;
  }

  /**
   * As many deliveries on each of so many dates, of three shops, evenly over the day, and the view
   * as they make it.
   */
  Till deliverOnEach(int dates, long deliveries) {
    long seconds = FIRST.atStartOfDay().toEpochSecond(ZoneOffset.UTC);
    view.events()
        .append(
            lake.spark()
                .range(0, dates * deliveries, 1, 2)
                .selectExpr(
                    "concat('sale', id) AS event_id",
                    "timestamp_seconds(%d + id DIV %d * 86400 + id %% %d * 86400 DIV %d) AS event_time"
                        .formatted(seconds, deliveries, deliveries, deliveries),
                    "concat('shop', id % 3) AS shop",
                    "CAST(id % 100 AS INT) AS amount",
                    "'sales' AS _topic",
                    "0 AS _topic_partition",
                    "%d + id AS _offset".formatted(offset),
                    "timestamp_seconds(%d) AS _timestamp".formatted(seconds),
                    "%dL AS _landed_batch".formatted(landedBatch),
                    "1 AS _schema_id",
                    "CAST(NULL AS STRING) AS _rescued",
                    "CAST(NULL AS STRING) AS _landed_by")
                .withColumn("date", functions.to_date(functions.col("event_time"))),
            new Commit("till.land.events", landedBatch++));
    offset += dates * deliveries;
    LocalDate[] each = FIRST.datesUntil(FIRST.plusDays(dates)).toArray(LocalDate[]::new);
    view.table().append(truth(each), new Commit("till.refresh.sales", written++));
    return this;
  }

  /** The batch that {@link #land()} will write next is of dead letters that have become good. */
  public Till replaying() {
    landedBy = "till.replay.events@run";
    return this;
  }

  public Till land() {
    view.events()
        .append(
            rows(delivered, view.events().definition()),
            new Commit("till.land.events", landedBatch++));
    delivered.clear();
    landedBy = null;
    return this;
  }

  /** The same as streams land, whose tasks write files of one name on many dates. */
  Till landDirectly() {
    view.events()
        .land(
            lake.spark(),
            number ->
                rows(delivered, view.events().definition()).coalesce(1).queryExecution().toRdd(),
            new Commit("till.land.events", landedBatch),
            landedBatch);
    landedBatch++;
    delivered.clear();
    landedBy = null;
    return this;
  }

  /** Goes on with this offset. */
  Till offset(long next) {
    offset = next;
    return this;
  }

  /** A record that its first landing has refused. */
  Till deadLetter(long at, byte[] value, String reason) {
    StructType columns = Operations.DEAD_LETTERS.columns();
    Object[] cells = new Object[columns.size()];
    cells[columns.fieldIndex("pipeline")] = "till";
    cells[columns.fieldIndex("query")] = "till.land.events";
    cells[columns.fieldIndex("batch")] = 0L;
    cells[columns.fieldIndex("topic")] = "sales";
    cells[columns.fieldIndex("partition")] = 0;
    cells[columns.fieldIndex("offset")] = at;
    cells[columns.fieldIndex("value")] = value;
    cells[columns.fieldIndex("stage")] = "body";
    cells[columns.fieldIndex("reason")] = reason;
    cells[columns.fieldIndex("landed_at")] = Timestamp.from(REFRESHED);
    tables
        .operations()
        .deadLetters()
        .append(
            lake.spark().createDataFrame(List.of(RowFactory.create(cells)), columns),
            new Commit("till.dead-letters", at));
    return this;
  }

  /** How many deliveries the refreshes to come say that each has dropped. */
  public Till late(long deliveries) {
    late = OptionalLong.of(deliveries);
    return this;
  }

  /** What the refreshes to come say of the newest event. Without it they are of an old version. */
  public Till newestEvent(String time) {
    newestEvent = Instant.parse(time);
    return this;
  }

  /**
   * Says that the refresh has read all that landed since the last one.
   *
   * @param lateAt what it dropped by, or null
   */
  public Till refresh(String lateAt, String watermark) {
    long last = landedBatch - 1;
    tables
        .operations()
        .refreshes()
        .append(
            lake.spark(),
            "till",
            "sales",
            new RefreshedBatch(
                "checkpoint",
                refreshedBatch,
                OptionalLong.of(nextToRefresh),
                OptionalLong.of(last),
                Optional.ofNullable(lateAt).map(Instant::parse),
                Optional.empty(),
                Instant.parse(watermark),
                0,
                0,
                refreshedFrom.plusMillis(refreshedBatch++),
                Optional.of(viewVersion),
                Optional.ofNullable(newestEvent),
                late));
    nextToRefresh = landedBatch;
    return this;
  }

  /** The same by the clock that the tables' versions have. */
  Till refreshNow(String watermark) {
    refreshedFrom = Instant.now();
    return refresh(null, watermark);
  }

  /** Has the dimension say where a shop is; {@code floors} no view reads. */
  Till shop(String name, String town, int floors) {
    tables
        .dimensions()
        .get("shops")
        .upsert(
            lake.spark()
                .createDataFrame(List.of(RowFactory.create(name, town, floors)), TillTables.SHOPS),
            List.of("name"),
            new Commit("till.land.shops", shops++));
    return this;
  }

  /** Leaves what landed since the last refresh to no refresh at all. */
  Till skip() {
    nextToRefresh = landedBatch;
    return this;
  }

  /** Writes rows of the view as the stream would. */
  public Till show(Object[]... rows) {
    view.table()
        .append(
            rows(Arrays.stream(rows).map(RowFactory::create).toList(), view.table().definition()),
            new Commit("till.refresh.sales", written++));
    return this;
  }

  /** A row of the view. */
  public static Object[] row(String windowStart, String shop, long sales, long amount) {
    Instant start = Instant.parse(windowStart);
    return new Object[] {
      Timestamp.from(start),
      shop,
      sales,
      amount,
      Date.valueOf(LocalDate.ofInstant(start, ZoneOffset.UTC))
    };
  }

  /** The view's rows now, as text. */
  List<String> shown() {
    return view.table().read(lake.spark()).orderBy("window_start", "shop").collectAsList().stream()
        .map(
            row ->
                "%s %s %d %d"
                    .formatted(
                        row.getTimestamp(0).toInstant(),
                        row.getString(1),
                        row.getLong(2),
                        row.getLong(3)))
        .toList();
  }

  /** Drift ever found: key, column, both values, cause. */
  List<String> drift() {
    return tables
        .operations()
        .drift()
        .read(lake.spark())
        .orderBy("key", "column")
        .select("key", "column", "stream_value", "batch_value", "cause")
        .collectAsList()
        .stream()
        .map(row -> row.mkString(" | "))
        .toList();
  }

  /** Every closed date. */
  public Outcome reconcileClosed() {
    return reconcile(new DateChoice.AllClosed());
  }

  /** The dates that are not sealed, or dirty. */
  public Outcome reconcileDirty() {
    return reconcile(new DateChoice.Dirty());
  }

  Outcome reconcile(DateChoice choice) {
    return reconcile(choice, false);
  }

  Outcome reconcile(DateChoice choice, boolean reportOnly) {
    return new ReconcileJob(lake.spark(), tables, clock, publish, Optional.empty(), slices)
        .reconcile(List.of("sales"), choice, reportOnly)
        .outcomes()
        .get(0);
  }

  /** Has reconciliations say how dates stand, which most tests need not wait for. */
  Till publishing() {
    publish = finality()::publish;
    return this;
  }

  /** Has reconciliations read so many dates together. */
  Till slicesOf(int dates) {
    slices = new DateSlices(dates, dates, 0);
    return this;
  }

  /** What reconciliations ask for the time. */
  Till clock(Clock asked) {
    clock = asked;
    return this;
  }

  public FinalityTables finality() {
    return new FinalityTables(lake.spark(), tables, Clock.systemUTC());
  }

  /** What the lake says of the view's dates. */
  SortedMap<LocalDate, DateState> dates() {
    return tables.operations().dates().read(lake.spark(), "till").get("sales");
  }

  /** Sealed dates that are not final, as {@code status} has them. */
  SortedSet<LocalDate> dirty() {
    return status().dirty();
  }

  public ViewStatus status() {
    return StatusReport.of(lake.spark(), tables, Optional.empty(), false, Instant.now())
        .views()
        .get(0);
  }

  /** Reads and seals by another version of the view from now on. */
  Till withViewVersion(String version) {
    viewVersion = version;
    return this;
  }

  /** Seals a date again as an earlier version of Tidemark would have, and the view as it is. */
  Till sealAsOfOld(LocalDate date) {
    Seal seal = tables.operations().seals().last(lake.spark(), "till").get("sales").get(date);
    Seal old =
        new Seal(
            date,
            seal.rows(),
            seal.fingerprint(),
            seal.events(),
            seal.eventsVersion(),
            seal.landedThrough(),
            seal.dimensionVersions(),
            seal.tableVersion(),
            seal.viewVersion(),
            "old",
            seal.sealedAt().plusSeconds(1),
            Optional.empty(),
            OptionalLong.empty(),
            OptionalLong.empty(),
            Map.of(),
            Optional.empty());
    tables.operations().seals().append(lake.spark(), "till", "sales", List.of(old));
    return this;
  }

  /** The view's rows of these dates, from all that landed. */
  Dataset<Row> truth(LocalDate... dates) {
    Dataset<Row> events = view.events().read(lake.spark());
    return Recomputation.of(
            lake.spark(),
            view,
            view.inputs(lake.spark(), EventsSnapshot.of(view.events()), List.of()),
            events)
        .rows(List.of(dates));
  }

  SparkSession spark() {
    return lake.spark();
  }

  public PipelineTables tables() {
    return tables;
  }

  ViewTables view() {
    return view;
  }

  private Dataset<Row> rows(List<Row> rows, TableDefinition table) {
    return lake.spark().createDataFrame(List.copyOf(rows), table.columns());
  }
}
