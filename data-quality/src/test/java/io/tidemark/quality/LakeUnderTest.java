package io.tidemark.quality;

import io.tidemark.ops.Operations;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * A lake of a plant that reads meters, and what is checked of it. The lakes of a JVM share one
 * Spark, which ends with the JVM.
 */
final class LakeUnderTest {
  private static final Map<String, String> SMALL =
      Map.of(
          "spark.master", "local[2]",
          "spark.ui.enabled", "false",
          "spark.sql.shuffle.partitions", "2",
          // For each of them Delta makes the text of a class that reads its log.
          "spark.databricks.delta.snapshotPartitions", "1",
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private final Path folder;
  private final Environment environment;
  private final SparkSession spark;
  private Instant now = Instant.parse("2024-03-01T00:00:00Z");

  private LakeUnderTest(Path folder) {
    this.folder = folder;
    this.environment =
        new Environment(
            "none",
            folder.toUri(),
            folder.resolve("a warehouse").toUri(),
            folder.toUri(),
            Map.of(
                "type",
                "jdbc",
                "uri",
                "jdbc:sqlite:%s?busy_timeout=30000&journal_mode=WAL"
                    .formatted(folder.resolve("catalog.db")),
                "jdbc.schema-version",
                "V1"),
            Map.of(),
            SMALL);
    this.spark = QualitySession.open("test", environment);
  }

  /** With operational tables in this format. */
  static LakeUnderTest in(Path folder, TableFormat operations) throws IOException {
    Files.writeString(folder.resolve("reading.avsc"), "{}");
    Files.writeString(folder.resolve("by_site.sql"), "SELECT 1");
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: plant
        history-from: 2024-01-01
        operations: {format: %s}
        events: [{name: readings, topic: readings, schema: reading.avsc}]
        dimensions: [{name: sites, topic: sites, schema: reading.avsc, key: [site]}]
        views: [{name: by_site, sql: by_site.sql, key: [site], lateness: 1 hour}]
        """
            .formatted(operations.name().toLowerCase(Locale.ROOT)));
    return new LakeUnderTest(folder);
  }

  SparkSession spark() {
    return spark;
  }

  LakeTables tables() {
    return new LakeTables(spark, environment);
  }

  /** Rows as SQL has them, each in parentheses. */
  Dataset<Row> rows(String columns, String... rows) {
    return spark.sql(
        "SELECT * FROM VALUES %s AS rows(%s)".formatted(String.join(", ", rows), columns));
  }

  /** Makes it a table, partitioned by date if it has one. */
  void write(String table, TableFormat format, Dataset<Row> rows) {
    boolean isDated = List.of(rows.columns()).contains(StoredTable.DATE);
    if (format == TableFormat.DELTA) {
      var writer =
          rows.write()
              .format("delta")
              .mode("overwrite")
              .option("delta.columnMapping.mode", "name")
              .option("overwriteSchema", true);
      (isDated ? writer.partitionBy(StoredTable.DATE) : writer).save(tables().deltaPath(table));
      return;
    }
    String name = LakeTables.icebergName(table);
    spark.sql("CREATE NAMESPACE IF NOT EXISTS lake." + table.split("\\.")[0]);
    rows.createOrReplaceTempView("written");
    spark.sql(
        "CREATE OR REPLACE TABLE %s USING iceberg %s AS SELECT * FROM written"
            .formatted(name, isDated ? "PARTITIONED BY (date)" : ""));
  }

  void append(String table, TableFormat format, Dataset<Row> rows) {
    if (format == TableFormat.DELTA) {
      rows.write().format("delta").mode("append").save(tables().deltaPath(table));
    } else {
      rows.write().format("iceberg").mode("append").save(LakeTables.icebergName(table));
    }
  }

  /** Says what is to be checked of one table. */
  void checks(String table, String... checks) throws IOException {
    Files.writeString(
        folder.resolve("quality.yaml"),
        "tables:\n  - table: %s\n    checks:\n      - %s\n"
            .formatted(table, String.join("\n      - ", checks)));
  }

  /** Each run is a minute after the one before. */
  QualityReport run(DateSelection dates, int shown) {
    now = now.plusSeconds(60);
    Pipeline pipeline = PipelineFile.read(folder);
    LakeTables tables = tables();
    return new QualityJob(
            tables,
            new QualityTables(spark, tables, pipeline),
            pipeline,
            Clock.fixed(now, ZoneOffset.UTC))
        .run(QualityFile.read(pipeline).checks(), dates, shown);
  }

  QualityReport all() {
    return run(new DateSelection(Optional.empty(), false), 0);
  }

  QualityReport dirty() {
    return run(new DateSelection(Optional.empty(), true), 0);
  }

  QualityReport on(String date) {
    return run(new DateSelection(Optional.of(LocalDate.parse(date)), false), 0);
  }

  /**
   * Asks what is to be checked of rows that are in no table, and keeps nothing.
   *
   * @param referenced rows of other tables, by name
   */
  List<Result> ask(Dataset<Row> rows, Map<String, Dataset<Row>> referenced) {
    StoredTable table = new StoredTable("plant.readings", rows, 0, false, new TreeMap<>(), "");
    List<Question> questions = new ArrayList<>();
    QualityFile.read(PipelineFile.read(folder))
        .checks()
        .forEach(check -> questions.add(new Question(check, questions.size())));
    Measurement.Found found = new Measurement(table, referenced).of(questions, null);
    Result.About about = new Result.About(0L, 0L, null, "", null, null);
    return questions.stream()
        .map(question -> Judge.of(question, null, found.of(null, question), about))
        .toList();
  }

  /**
   * Says that somebody has looked for edits of the readings.
   *
   * @param edited what was found, or null
   */
  void looked(long number, String edited) {
    Pipeline pipeline = PipelineFile.read(folder);
    List<Row> rows = new ArrayList<>();
    rows.add(edit(number, null, null));
    if (edited != null) {
      rows.add(edit(number, java.sql.Date.valueOf(edited), "UPDATE"));
    }
    new QualityTables(spark, tables(), pipeline).append(Operations.EDITS, rows);
  }

  private static Row edit(long number, java.sql.Date date, String operation) {
    return RowFactory.create(
        "plant",
        "plant.readings",
        number,
        "table",
        null,
        number,
        date,
        operation,
        null,
        Timestamp.from(Instant.EPOCH));
  }

  List<Row> kept(Operations table) {
    return tables().rows(table.tableName()).map(Dataset::collectAsList).orElse(List.of());
  }

  URI warehouse() {
    return environment.warehouse();
  }
}
