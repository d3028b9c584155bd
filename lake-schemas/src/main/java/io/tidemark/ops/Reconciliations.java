package io.tidemark.ops;

import static org.apache.spark.sql.functions.array_sort;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.collect_list;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.flatten;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.slice;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.sum;

import java.sql.Date;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * {@code ops.reconciliations}: what every run of {@code reconcile} found of each date, and did. A
 * run of a version before this table has no rows in it.
 *
 * <p>Whoever asks for the last run reads the last month first, and all else only for what that
 * lacks. So an answer costs what was reconciled lately, and not what there is.
 */
public final class Reconciliations {
  private static final Duration LATELY = Duration.ofDays(31);
  private static final int EXAMPLES = 3;
  private static final String CONFLICTS = "conflicts";

  private static final StructType REDACTED =
      StructType.fromDDL("pipeline STRING, view STRING, date DATE, run STRING")
          .add(CONFLICTS, Operations.RECONCILIATIONS.columns().apply(CONFLICTS).dataType());

  private final MadeOnUse table;

  Reconciliations(MadeOnUse table) {
    this.table = table;
  }

  /**
   * The run that rows are of.
   *
   * @param gates the checks of the pipeline that hold back dates
   * @param startedAt when it began with these dates
   * @param endedAt when it had sealed them
   */
  public record By(
      String run, boolean reportOnly, List<String> gates, Instant startedAt, Instant endedAt) {
    public By {
      gates = List.copyOf(gates);
    }
  }

  /** Appends dates of a view, in one commit; nothing if there are none. */
  public void append(
      SparkSession spark, String pipeline, String view, By by, List<Reconciliation> dates) {
    if (dates.isEmpty()) {
      return;
    }
    List<Row> rows = dates.stream().map(date -> row(pipeline, view, by, date)).toList();
    table
        .make()
        .appendNext(
            spark,
            rows,
            pipeline + "." + view,
            of(pipeline, view)
                .and(col("run").equalTo(by.run()))
                .and(col("started_at").equalTo(Timestamp.from(by.startedAt()))));
  }

  /**
   * What the last run that compared dates of a view found on all of them together.
   *
   * @param agreedBefore keys that agreed before it repaired anything, of all
   * @param agreedAfter the same in the end
   * @param conflicts a few deliveries of one id that differ
   */
  public record Last(
      double agreedBefore, double agreedAfter, List<Reconciliation.Example> conflicts) {
    public Last {
      conflicts = List.copyOf(conflicts);
    }
  }

  /** The same of each of these views, by name; one that was never compared is absent. */
  public Map<String, Last> last(
      SparkSession spark, String pipeline, Set<String> views, Instant now) {
    Optional<Dataset<Row>> rows = ofPipeline(spark, pipeline);
    Map<String, Last> last = new HashMap<>();
    rows.ifPresent(
        all -> {
          last.putAll(last(all.where(since(now)), views));
          Set<String> others = new TreeSet<>(views);
          others.removeAll(last.keySet());
          if (!others.isEmpty()) {
            last.putAll(last(all, others));
          }
        });
    return last;
  }

  private static Map<String, Last> last(Dataset<Row> rows, Set<String> views) {
    Map<String, Last> last = new HashMap<>();
    rows.where(col("view").isin(views.toArray()).and(col("compared").isNotNull()))
        .groupBy("view", "run")
        .agg(
            max("ended_at").as("ended_at"),
            sum("compared").as("compared"),
            sum("agreed").as("agreed"),
            sum("drift_after").as("drift_after"),
            slice(array_sort(flatten(collect_list(CONFLICTS))), 1, EXAMPLES).as(CONFLICTS))
        .groupBy("view")
        .agg(max_by(struct("*"), col("ended_at")).as("last"))
        .select("last.*")
        .collectAsList()
        .forEach(row -> last.put(row.getAs("view"), last(row)));
    return last;
  }

  private static Last last(Row row) {
    long compared = row.<Long>getAs("compared");
    return new Last(
        Reconciliation.share(row.<Long>getAs("agreed"), compared),
        Reconciliation.share(compared - row.<Long>getAs("drift_after"), compared),
        row.<Row>getList(row.fieldIndex(CONFLICTS)).stream()
            .map(Reconciliations::example)
            .toList());
  }

  private static Reconciliation.Example example(Row row) {
    return new Reconciliation.Example(
        row.getAs("event_id"),
        row.getAs("first"),
        row.getAs("other"),
        row.getList(row.fieldIndex("differs")));
  }

  /** The checks that could hold back dates of a pipeline when it was last reconciled. */
  public Set<String> lastGates(SparkSession spark, String pipeline, Instant now) {
    Set<String> gates = new TreeSet<>();
    ofPipeline(spark, pipeline)
        .ifPresent(
            all -> {
              Dataset<Row> lately = all.where(since(now));
              Dataset<Row> rows = lately.isEmpty() ? all : lately;
              rows.agg(max_by(col("gates"), col("ended_at")).as("gates"))
                  .select(explode(col("gates")))
                  .collectAsList()
                  .forEach(row -> gates.add(row.getString(0)));
            });
    return gates;
  }

  /** What runs have found of a view's dates that quotes the ids of events. */
  public List<DriftLog.Found> quoting(SparkSession spark, String pipeline, String view) {
    return table
        .find()
        .map(
            present ->
                present
                    .read(spark)
                    .where(of(pipeline, view).and(col(CONFLICTS).isNotNull()))
                    .select("date", "run", "ended_at")
                    .collectAsList()
                    .stream()
                    .map(
                        row ->
                            new DriftLog.Found(
                                row.getDate(0).toLocalDate(),
                                row.getString(1),
                                row.getTimestamp(2).toInstant()))
                    .toList())
        .orElse(List.of());
  }

  /** Keeps of it how many ids conflict, and no id. */
  public void redact(
      SparkSession spark, String pipeline, String view, List<DriftLog.Found> quoting) {
    if (quoting.isEmpty()) {
      return;
    }
    List<Row> rows =
        quoting.stream()
            .map(
                found ->
                    RowFactory.create(
                        pipeline, view, Date.valueOf(found.date()), found.run(), null))
            .toList();
    table
        .make()
        .update(
            spark.createDataFrame(rows, REDACTED),
            List.of("pipeline", "view", "date", "run"),
            "present.conflicts IS NOT NULL");
  }

  private static Column of(String pipeline, String view) {
    return col("pipeline").equalTo(pipeline).and(col("view").equalTo(view));
  }

  private Optional<Dataset<Row>> ofPipeline(SparkSession spark, String pipeline) {
    return table
        .find()
        .map(present -> present.read(spark).where(col("pipeline").equalTo(pipeline)));
  }

  private static Column since(Instant now) {
    return col("ended_at").geq(lit(Timestamp.from(now.minus(LATELY))));
  }

  private static Row row(String pipeline, String view, By by, Reconciliation date) {
    Optional<Reconciliation.Compared> compared = date.compared();
    Optional<Reconciliation.ReadFrom> readFrom = compared.map(Reconciliation.Compared::readFrom);
    List<Object> cells = new ArrayList<>();
    cells.add(pipeline);
    cells.add(view);
    cells.add(Date.valueOf(date.date()));
    cells.add(by.run());
    cells.add(date.outcome());
    cells.add(date.reason().orElse(null));
    cells.add(date.sealed());
    cells.add(by.reportOnly());
    cells.add(compared.map(Reconciliation.Compared::rows).orElse(null));
    cells.add(compared.map(Reconciliation.Compared::keys).orElse(null));
    cells.add(compared.map(Reconciliation.Compared::agreed).orElse(null));
    cells.add(compared.map(Reconciliation.Compared::agreement).orElse(null));
    cells.add(compared.map(Reconciliation.Compared::driftBefore).orElse(null));
    cells.add(compared.map(Reconciliation.Compared::driftAfter).orElse(null));
    DateStates.CAUSES.forEach(
        cause -> cells.add(compared.map(of -> of.drift().getOrDefault(cause, 0L)).orElse(null)));
    cells.add(compared.map(Reconciliation.Compared::conflicting).orElse(null));
    cells.add(compared.map(Reconciliations::conflicts).orElse(null));
    cells.add(readFrom.map(Reconciliation.ReadFrom::events).orElse(null));
    cells.add(readFrom.map(Reconciliation.ReadFrom::dimensions).orElse(null));
    cells.add(readFrom.map(Reconciliation.ReadFrom::table).orElse(null));
    cells.add(readFrom.map(Reconciliation.ReadFrom::viewVersion).orElse(null));
    cells.add(by.gates());
    cells.add(Timestamp.from(by.startedAt()));
    cells.add(Timestamp.from(by.endedAt()));
    return RowFactory.create(cells.toArray());
  }

  /** Null for none, as where they were redacted. */
  private static List<Row> conflicts(Reconciliation.Compared compared) {
    return compared.conflicts().isEmpty()
        ? null
        : compared.conflicts().stream()
            .map(
                example ->
                    RowFactory.create(
                        example.eventId(), example.first(), example.other(), example.differs()))
            .toList();
  }
}
