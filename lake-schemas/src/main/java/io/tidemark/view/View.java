package io.tidemark.view;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.to_date;

import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ViewDefinition;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.TableDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.types.StructType;

/** One SQL SELECT over events and dimensions, which runs as a stream and as a batch. */
public final class View {
  /** The column of the SELECT that holds the start of the window. */
  public static final String WINDOW_START = "window_start";

  private static final String COUNTS = "_counts";

  private final ViewDefinition definition;
  private final Syntax syntax;
  private final String table;
  private final String events;
  private final Window window;
  private final Set<String> dimensions;

  private View(
      ViewDefinition definition,
      Syntax syntax,
      String table,
      String events,
      Window window,
      Set<String> dimensions) {
    this.definition = definition;
    this.syntax = syntax;
    this.table = table;
    this.events = events;
    this.window = window;
    this.dimensions = dimensions;
  }

  /**
   * Reads the SQL far enough to know its window and sources; {@code validate} tells whether it may
   * run.
   *
   * @throws IllegalArgumentException if it has no window over {@code event_time} or reads no events
   *     table of the pipeline
   */
  public static View of(ViewDefinition definition, Pipeline pipeline) {
    try {
      Syntax syntax = Syntax.of(definition.sql());
      return new View(
          definition,
          syntax,
          pipeline.table(definition.name()),
          events(syntax, pipeline),
          window(syntax),
          dimensions(syntax, pipeline));
    } catch (AnalysisException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "Cannot read the view %s (%s): %s"
              .formatted(definition.name(), definition.file(), said(e)),
          e);
    }
  }

  /** What Spark says of SQL has its whole plan in it. */
  private static String said(Exception e) {
    return e instanceof AnalysisException wrong ? SparkMessage.of(wrong) : e.getMessage();
  }

  private static String events(Syntax syntax, Pipeline pipeline) {
    Set<String> known =
        pipeline.events().stream().map(EventSource::name).collect(Collectors.toSet());
    List<String> read =
        syntax.relations().stream()
            .map(UnresolvedRelation::tableName)
            .filter(known::contains)
            .distinct()
            .toList();
    if (read.size() != 1) {
      throw new IllegalArgumentException(
          "it reads these events tables: %s. Read exactly one of: %s."
              .formatted(
                  read.isEmpty() ? "none" : String.join(", ", read), String.join(", ", known)));
    }
    return read.get(0);
  }

  private static Set<String> dimensions(Syntax syntax, Pipeline pipeline) {
    Set<String> read =
        syntax.relations().stream().map(UnresolvedRelation::tableName).collect(Collectors.toSet());
    return pipeline.dimensions().stream()
        .map(DimensionSource::name)
        .filter(read::contains)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Window window(Syntax syntax) {
    List<Window> windows =
        syntax.calls("window").map(call -> new WindowCall(call).window()).distinct().toList();
    if (windows.size() != 1) {
      throw new IllegalArgumentException(
          "it has %d windows. Group by exactly one: %s."
              .formatted(windows.size(), WindowCall.REMEDY));
    }
    return windows.get(0);
  }

  public ViewDefinition definition() {
    return definition;
  }

  public String name() {
    return definition.name();
  }

  /** The name of the events table that it reads. */
  public String events() {
    return events;
  }

  /** The names of the dimensions that it reads. */
  public Set<String> dimensions() {
    return dimensions;
  }

  public Window window() {
    return window;
  }

  /**
   * The columns of the events table that the SQL reads, and perhaps others. {@link #batch} needs
   * these, {@code event_id} and those of {@link DeliveryOrder}.
   */
  public List<String> eventColumns(StructType events) {
    return syntax.columns(events.fieldNames());
  }

  /** The columns of a dimension that the SQL reads, and perhaps others. */
  public List<String> dimensionColumns(StructType dimension) {
    return syntax.columns(dimension.fieldNames());
  }

  /** What it is called, and was, by what its rows depend on. */
  public ViewVersion version() {
    return new ViewVersion(definition);
  }

  /**
   * The view's table: the columns of the SELECT and then {@code date}, the date that the window
   * starts on. All are nullable: whether Spark proves a column free of nulls differs between a
   * stream and a batch.
   */
  public TableDefinition table(
      SparkSession spark, StructType events, Map<String, StructType> dimensions) {
    StructType rows = columns(none(spark, events), none(spark, dimensions));
    StructType columns = new StructType();
    for (var column : rows.fields()) {
      columns = columns.add(column.name(), column.dataType(), true);
    }
    List<String> pruning = new ArrayList<>(definition.key());
    pruning.add(EventColumns.DATE);
    return new TableDefinition(
        table, definition.format(), columns, Optional.of(EventColumns.DATE), pruning);
  }

  /** What its stream keeps between batches, in words: another shape cannot take it over. */
  public String state(SparkSession spark, StructType events, Map<String, StructType> dimensions) {
    return StateShape.of(
        rows(none(spark, events), none(spark, dimensions)).queryExecution().analyzed());
  }

  private StructType columns(Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {
    return rows(events, dimensions).schema();
  }

  private Dataset<Row> rows(Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {
    try {
      return select(events, dimensions);
    } catch (
        Exception e) { // Spark's exception for SQL is a checked one that Scala does not declare.
      throw new IllegalArgumentException(
          "Cannot read the view %s (%s): %s".formatted(name(), definition.file(), said(e)), e);
    }
  }

  private static Dataset<Row> none(SparkSession spark, StructType columns) {
    return spark.createDataFrame(List.of(), columns);
  }

  private static Map<String, Dataset<Row>> none(
      SparkSession spark, Map<String, StructType> dimensions) {
    Map<String, Dataset<Row>> none = new HashMap<>();
    dimensions.forEach((name, columns) -> none.put(name, none(spark, columns)));
    return none;
  }

  /**
   * As a stream: each event id once, the watermark from the lateness, then the SQL. Rows as {@link
   * #table}.
   */
  public Dataset<Row> stream(Dataset<Row> events, Map<String, Dataset<Row>> dimensions) {
    Dataset<Row> once =
        events
            .withWatermark(EventColumns.EVENT_TIME, definition.lateness().toSeconds() + " seconds")
            .dropDuplicatesWithinWatermark(EventColumns.EVENT_ID);
    return select(once, dimensions);
  }

  /** As a batch: the deliveries that count, then the SQL. Rows as {@link #table}. */
  public Dataset<Row> batch(Dataset<Row> deliveries, Map<String, Dataset<Row>> dimensions) {
    return batch(deliveries, lit(true), dimensions);
  }

  /**
   * The same of some deliveries.
   *
   * @param of which; the others only tell which of these count, and need no columns for more
   */
  public Dataset<Row> batch(
      Dataset<Row> deliveries, Column of, Map<String, Dataset<Row>> dimensions) {
    Dataset<Row> counted =
        deliveries.withColumn(COUNTS, counts(lit(true))).where(col(COUNTS).and(of)).drop(COUNTS);
    return select(counted, dimensions);
  }

  /**
   * Whether a delivery counts in this view, see {@link DeliveryOrder#counts}.
   *
   * @param among which deliveries there are; others neither count nor keep one from it
   */
  public Column counts(Column among) {
    return DeliveryOrder.counts(definition.deduplicationWindow(), among);
  }

  /** The SQL alone, over deliveries all of which count. Rows as {@link #table}. */
  public Dataset<Row> select(Dataset<Row> once, Map<String, Dataset<Row>> dimensions) {
    Map<String, Dataset<Row>> sources = new HashMap<>(dimensions);
    sources.put(events, once);
    return Selection.of(definition.sql(), sources, once.sparkSession())
        .withColumn(EventColumns.DATE, to_date(col(WINDOW_START)));
  }
}
