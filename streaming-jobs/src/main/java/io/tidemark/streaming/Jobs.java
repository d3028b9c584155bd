package io.tidemark.streaming;

import io.tidemark.dimension.DimensionFile;
import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.lake.EditWatch;
import io.tidemark.lake.LakeCluster;
import io.tidemark.lake.LandingTables;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.PipelineTables.ViewTable;
import io.tidemark.lake.ViewStream;
import io.tidemark.landing.Landing;
import io.tidemark.landing.LandingQuery;
import io.tidemark.landing.LandingTable;
import io.tidemark.ops.Ledger;
import io.tidemark.pipeline.DimensionSource;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EventSource;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.schema.EventColumns;
import io.tidemark.status.FinalityTables;
import io.tidemark.table.session.LakeSession;
import io.tidemark.upkeep.MaintainRun;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The jobs of a pipeline, each with its name, its checkpoint and its tables. */
final class Jobs {
  private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);

  /** The first batches are the slowest; a stream that is started again and again is maintained. */
  private static final Duration FIRST_UPKEEP = Duration.ofMinutes(1);

  private final SparkSession spark;
  private final Pipeline pipeline;
  private final Environment environment;
  private final PipelineTables tables;
  private final Set<String> rebuilt;
  private final boolean acceptLoss;
  private final StreamLease lease;
  private final Clock clock = Clock.systemUTC();
  private final FinalityWatch finality;
  private final Optional<AirflowTriggers> airflow;

  /**
   * @param rebuilt views whose stream begins again with its next start
   * @param acceptLoss whether to land what comes after offsets that are gone
   * @param lease of the checkpoints
   */
  Jobs(
      SparkSession spark,
      Pipeline pipeline,
      Environment environment,
      PipelineTables tables,
      Set<String> rebuilt,
      boolean acceptLoss,
      StreamLease lease) {
    this.rebuilt = ConcurrentHashMap.newKeySet();
    this.rebuilt.addAll(rebuilt);
    this.acceptLoss = acceptLoss;
    this.lease = lease;
    this.spark = spark;
    this.pipeline = pipeline;
    this.environment = environment;
    this.tables = tables;
    this.airflow =
        environment
            .airflow()
            .map(
                place ->
                    new AirflowTriggers(
                        spark, pipeline.name(), tables.operations(), new AirflowApi(place), clock));
    this.finality =
        new FinalityWatch(
            new FinalityTables(spark, tables, clock),
            clock,
            () -> airflow.ifPresent(AirflowTriggers::wake));
  }

  List<LandJob> events() {
    return pipeline.events().stream().map(this::land).toList();
  }

  /** Of the dimensions that come from a topic. */
  List<LandJob> dimensions() {
    return pipeline.dimensions().stream()
        .filter(source -> source.topic().isPresent())
        .map(this::land)
        .toList();
  }

  /** Of the dimensions that come from a file. */
  List<DimensionFile> files() {
    return pipeline.dimensions().stream().flatMap(source -> file(source).stream()).toList();
  }

  EditLooks editLooks() {
    return new EditLooks(
        new EditWatch(spark, pipeline, tables.operations(), clock),
        tables.events().values(),
        clock);
  }

  /** Begins now; none if the pipeline does not ask for it. */
  Optional<StreamUpkeep> upkeep() {
    return pipeline
        .maintenance()
        .inStream()
        .map(interval -> StreamUpkeep.start(spark, this::maintainRun, FIRST_UPKEEP, interval));
  }

  /** On tables of its own, beside those that the queries write. */
  private MaintainRun maintainRun() {
    return new MaintainRun(
        spark, PipelineTables.open(spark, pipeline), environment, clock, Optional.empty());
  }

  /** Is told what the jobs of the events land. */
  FinalityWatch finality() {
    return finality;
  }

  /** Is told by {@link #finality()} when dates stand otherwise; none if no Airflow is named. */
  Optional<AirflowTriggers> airflow() {
    return airflow;
  }

  List<RefreshJob> refreshes() {
    return tables.views().values().stream().map(this::refresh).toList();
  }

  private LandJob land(EventSource source) {
    return land(
        source.name(),
        source.topic(),
        new LandingTables(tables, environment).of(source),
        true,
        dates -> finality.landed(source.name(), dates));
  }

  private LandJob land(DimensionSource source) {
    return land(
        source.name(),
        source.topic().orElseThrow(),
        new LandingTables(tables, environment).of(source, spark),
        false,
        dates -> {});
  }

  private Optional<DimensionFile> file(DimensionSource source) {
    ReplayMapping mapping = source.replay().orElse(ReplayMapping.BY_NAME);
    return source
        .file()
        .map(
            path ->
                new DimensionFile(
                    "%s.load.%s".formatted(pipeline.name(), source.name()),
                    tables.dimensions().get(source.name()),
                    new RecordFile(path, mapping.format()),
                    new RecordMapping(EventColumns.reader(source.schema()), mapping),
                    source.key()));
  }

  /**
   * @param keepsAll whether every good record is a row; those of a dimension replace each other
   * @param landedOn is told of which dates events have landed
   */
  private LandJob land(
      String name,
      String topicName,
      LandingTable table,
      boolean keepsAll,
      Consumer<Set<LocalDate>> landedOn) {
    LandingQuery query = new LandingQuery(pipeline.name(), name);
    KafkaTopic topic =
        new KafkaTopic(
            topicName, environment, Optional.of(pipeline.landing().maxRecordsPerBatch()));
    Checkpoint checkpoint = checkpoint("land", name);
    Ledger ledger = tables.operations().ledger();
    return new LandJob(
        query.stream(),
        new TopicChange(
            pipeline.name(), query.stream(), topic, checkpoint, ledger, keepsAll, clock),
        topic,
        new Landing(query, table, tables.operations(), checkpoint.schemas(), clock, landedOn),
        ledger,
        checkpoint,
        LakeCluster.of(environment, spark.sparkContext().hadoopConfiguration()),
        acceptLoss);
  }

  private RefreshJob refresh(ViewTable view) {
    return new RefreshJob(
        pipeline,
        view.view(),
        tables.events().get(view.view().events()),
        tables.dimensions(),
        view.table(),
        tables.operations(),
        () -> checkpoint(view),
        clock);
  }

  private Checkpoint checkpoint(ViewTable view) {
    lease.require();
    ViewStream stream = ViewStream.of(spark, tables, environment, view);
    String name = view.view().name();
    boolean again = rebuilt.contains(name);
    if (again) {
      LOG.warn("{} begins again with the first event, as --rebuild says", name);
    } else {
      stream.notices().forEach(LOG::warn);
    }
    Checkpoint checkpoint = checkpoint(stream.checkpoint(again));
    rebuilt.remove(name);
    return checkpoint;
  }

  private Checkpoint checkpoint(String kind, String name) {
    return checkpoint(
        new Path(
            LakeSession.path(environment.checkpoints()),
            "%s/%s/%s".formatted(pipeline.name(), kind, name)));
  }

  private Checkpoint checkpoint(Path place) {
    return new Checkpoint(place, spark.sparkContext().hadoopConfiguration(), lease::require);
  }
}
