package io.tidemark.reconcile;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.OperationTables;
import io.tidemark.ops.RefreshedBatch;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.view.View;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/**
 * A pipeline of one view, sales by window and shop, whose events, view and refreshes a test writes
 * literally, so that it decides what the stream did.
 */
final class Till {
  static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  private static final Schema SALE =
      SchemaBuilder.record("sale")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(LogicalTypes.timestampMicros().addToSchema(Schema.create(Schema.Type.LONG)))
          .noDefault()
          .optionalString("shop")
          .requiredInt("amount")
          .endRecord();

  private final TestLake lake;
  private final PipelineTables tables;
  private final List<Row> delivered = new ArrayList<>();
  private final ViewTables view;
  private long offset;
  private long landedBatch;
  private long nextToRefresh;
  private long refreshedBatch;
  private long written;

  private Till(TestLake lake, PipelineTables tables) {
    this.lake = lake;
    this.tables = tables;
    this.view = ViewTables.of(tables, "sales");
  }

  /** A view over one-hour windows. */
  static Till of(TestLake lake, TableFormat format) {
    return of(lake, format, "'1 hour'");
  }

  /**
   * @param window length and slide, as SQL has them
   */
  static Till of(TestLake lake, TableFormat format, String window) {
    return withSql(
        lake,
        format,
        """
        SELECT window.start AS window_start, shop, count(*) AS sales, sum(amount) AS amount
        FROM events GROUP BY window(event_time, %s), shop"""
            .formatted(window));
  }

  /**
   * @param sql of a view with the columns window_start, shop, sales and amount
   */
  static Till withSql(TestLake lake, TableFormat format, String sql) {
    ViewDefinition sales =
        new ViewDefinition(
            "sales",
            Path.of("sales.sql"),
            sql,
            List.of("window_start", "shop"),
            Duration.ofHours(2),
            format);
    Pipeline pipeline =
        new Pipeline(
            "till",
            Path.of("."),
            FIRST,
            Duration.ofDays(1),
            TableFormat.DELTA,
            new Pipeline.Landing(Duration.ofSeconds(1), 1000),
            new Pipeline.Refresh(Duration.ofSeconds(1), 2, Pipeline.StateStore.MEMORY),
            List.of(
                new EventSource("events", "sales", Path.of("sale.avsc"), format, Optional.empty())),
            List.of(),
            List.of(sales));
    StructType columns = EventColumns.of(SALE);
    LakeTable events =
        lake.lake()
            .create(
                new TableDefinition(
                    "till.events", format, columns, Optional.of("date"), List.of("event_time")));
    View view = View.of(sales, pipeline);
    LakeTable table = lake.lake().create(view.table(lake.spark(), columns, Map.of()));
    return new Till(
        lake,
        new PipelineTables(
            pipeline,
            Map.of("events", events),
            Map.of(),
            Map.of("sales", new PipelineTables.ViewTable(view, table)),
            OperationTables.open(lake.lake(), TableFormat.DELTA)));
  }

  /** One more delivery, in the batch that {@link #land()} will write. */
  Till deliver(String id, String time, String shop, int amount) {
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
            Date.valueOf(LocalDate.ofInstant(at.toInstant(), ZoneOffset.UTC))));
    return this;
  }

  Till land() {
    view.events()
        .append(
            rows(delivered, view.events().definition()),
            new Commit("till.land.events", landedBatch++));
    delivered.clear();
    return this;
  }

  /**
   * Says that the refresh has read all that landed since the last one.
   *
   * @param lateAt what it dropped by, or null
   */
  Till refresh(String lateAt, String watermark) {
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
                Instant.parse(watermark),
                0,
                0,
                Instant.ofEpochSecond(refreshedBatch++)));
    nextToRefresh = landedBatch;
    return this;
  }

  /** Writes rows of the view as the stream would. */
  Till show(Object[]... rows) {
    view.table()
        .append(
            rows(Arrays.stream(rows).map(RowFactory::create).toList(), view.table().definition()),
            new Commit("till.refresh.sales", written++));
    return this;
  }

  /** A row of the view. */
  static Object[] row(String windowStart, String shop, long sales, long amount) {
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

  Outcome reconcile(DateChoice choice) {
    return reconcile(choice, false);
  }

  Outcome reconcile(DateChoice choice, boolean reportOnly) {
    return new ReconcileJob(lake.spark(), tables, Clock.systemUTC())
        .reconcile(List.of("sales"), choice, reportOnly)
        .outcomes()
        .get(0);
  }

  /** The view's rows of these dates, from all that landed. */
  Dataset<Row> truth(LocalDate... dates) {
    Dataset<Row> events = view.events().read(lake.spark());
    return Recomputation.of(lake.spark(), view, view.basis(EventsBasis.of(view.events())), events)
        .rows(List.of(dates));
  }

  PipelineTables tables() {
    return tables;
  }

  ViewTables view() {
    return view;
  }

  private Dataset<Row> rows(List<Row> rows, TableDefinition table) {
    return lake.spark().createDataFrame(List.copyOf(rows), table.columns());
  }
}
