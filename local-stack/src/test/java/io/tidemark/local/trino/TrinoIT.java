package io.tidemark.local.trino;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.tidemark.local.DemoLake;
import io.tidemark.local.NotebookRuns;
import io.tidemark.local.TrinoUnderTest;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.RowLevel;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real Trino beside Spark, on one lake: whatever Spark reads there, Trino reads too. */
@Tag("tool")
class TrinoIT {
  private static final Duration PATIENCE = Duration.ofMinutes(10);

  @TempDir static Path folder;

  private static DemoLake demo;
  private static Path place;
  private static TrinoUnderTest server;
  private static Connection trino;
  private static TestLake lake;

  @BeforeAll
  static void takeALakeAndStartTrino() throws Exception {
    TrinoUnderTest.requireJava();
    demo = DemoLake.take();
    place = demo.place();
    server = TrinoUnderTest.up(place);
    trino = DriverManager.getConnection(server.jdbcUrl());
    lake = TestLake.in(place, Map.of("spark.sql.datetime.java8API.enabled", "true"));
  }

  @AfterAll
  static void stop() throws Exception {
    if (demo == null) {
      return;
    }
    try {
      if (server != null) {
        trino.close();
        lake.close();
        server.down();
      }
    } finally {
      demo.close();
    }
  }

  /** One of the views was repaired. */
  @Test
  void everyTableOfTheDemosLakeIsInTrinoAsItIsInSpark() throws Exception {
    assertThat(EngineRows.of(trino, "SELECT * FROM delta.ops.drift")).hasSizeGreaterThan(1);
    List<String> names =
        lake.lake().register(lake.spark()).stream().filter(TrinoIT::isOfTheDemo).toList();
    assertThat(names).contains("retail.events", "retail.sales_by_hour_country", "ops.seals");
    for (String name : names) {
      assertSameRows(name);
    }
    Stream<String> inTrino = Stream.concat(tables("iceberg").stream(), tables("delta").stream());
    assertThat(inTrino.filter(TrinoIT::isOfTheDemo)).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void aQueryThatStopsAtTheTidemarkHasTheFinalNumbers() throws Exception {
    lake.lake().register(lake.spark());
    String sql = examples("query.md").get(0);
    Dataset<Row> inSpark =
        lake.spark().sql(sql.replace("iceberg.", "lake.").replace("delta.ops", "ops"));
    List<String> rows = EngineRows.of(trino, sql);
    assertThat(rows).hasSizeGreaterThan(1).isEqualTo(EngineRows.of(inSpark, false));
    assertThat(EngineRows.of(trino, "SELECT max(date) AS date FROM (%s)".formatted(sql)))
        .isEqualTo(
            EngineRows.of(
                trino,
                "SELECT tidemark AS date FROM delta.ops.tidemarks WHERE view = 'sales_by_hour_country'"));
  }

  @Test
  void theNotebookOfTrinoRuns() throws Exception {
    Path results = Files.createDirectory(folder.resolve("results"));
    NotebookRuns runs = NotebookRuns.of(place, results, List.of("04_trino"));
    assertThat(runs.outputOf("04_trino"))
        .contains("and the view has counted each of them once")
        .containsPattern("The strongest hour begins at \\d+:00, with ")
        .containsPattern("\\d+ snapshots, and 1 commit of repairs among them\\.")
        .contains("changed revenue_net on 1 date.")
        .contains(beforeAndAfterTheRepair())
        .endsWith("plots: 1\n");
  }

  @Test
  void theExamplesOfTheDocumentationHaveRows() throws Exception {
    List<String> examples = examples("trino.md");
    assertThat(examples).hasSize(2);
    for (String sql : examples) {
      assertThat(EngineRows.of(trino, sql)).as(sql).hasSizeGreaterThan(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyTypeIsTheSameAlsoAfterARepairAnAddedColumnACompactionADeletionAndAnUpsert(
      TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(EveryType.table(format));
    table.append(EveryType.rows(lake.spark()), new Commit("write", 0));
    awaitTable(table.name(), format);
    assertSameRows(table.name());

    Dataset<Row> repaired =
        table.read(lake.spark()).where("id = 4").withColumn("text", functions.lit("repaired"));
    LocalDate date = LocalDate.parse("2010-12-01");
    table.replaceDates(repaired, date, date, table.version(), new Commit("repair", 0));
    assertSameRows(table.name());

    LakeTable later = lake.lake().create(EveryType.later(format));
    assertSameRows(table.name());
    later.append(
        later.read(lake.spark()).where("id = 4").withColumn("note", functions.lit("new")),
        new Commit("write", 1));
    assertSameRows(table.name());

    compact(table.name(), format);
    assertSameRows(table.name());

    deleteByMarks(table.name(), format);
    assertSameRows(table.name());

    upsertByMarks(later);
    assertSameRows(table.name());
    drop(table.name(), format);
  }

  /** Each commit has ten rows with numbers that go on from those before. */
  @ParameterizedTest
  @EnumSource
  void everyQueryWhileAStreamWritesSeesWholeCommits(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(numbers("streamed.numbers", format));
    awaitTable(table.name(), format);
    lake.spark()
        .readStream()
        .format("rate-micro-batch")
        .option("rowsPerBatch", 10)
        .option("numPartitions", 1)
        .load()
        .select("value")
        .writeStream()
        .option("checkpointLocation", folder.resolve("checkpoint-" + format).toString())
        .foreachBatch(
            (Dataset<Row> rows, Long batch) -> {
              table.append(rows, new Commit("stream", batch));
            })
        .start();
    String seen = "SELECT count(*), count(*) - 1 - max(value) FROM " + inTrino(table.name());
    List<Long> counts = new ArrayList<>(List.of(0L));
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              List<String> row = EngineRows.of(trino, seen);
              long count = Long.parseLong(row.get(1).replaceAll("\\((\\d+),.*", "$1"));
              assertThat(count % 10).as("rows of a part of a commit in %s", row).isZero();
              assertThat(row.get(1)).as("rows").endsWith(count == 0 ? ", null)" : ", 0)");
              assertThat(count).isGreaterThanOrEqualTo(counts.get(counts.size() - 1));
              counts.add(count);
              return counts.stream().filter(c -> c > 0).distinct().count() >= 3;
            });
    lake.close();
    assertSameRows(table.name());
    drop(table.name(), format);
  }

  @ParameterizedTest
  @EnumSource
  void aTableThatIsDroppedAndMadeAgainHasTheNewRows(TableFormat format) throws Exception {
    TableDefinition definition = numbers("remade.numbers", format);
    for (int first = 0; first < 20; first += 10) {
      LakeTable table = lake.lake().create(definition);
      table.append(lake.spark().range(first, first + 5L).toDF("value"), new Commit("write", 0));
      awaitTable(definition.name(), format);
      assertSameRows(definition.name());
      drop(definition.name(), format);
    }
    await().atMost(PATIENCE).until(() -> !tables(catalog(format)).contains(definition.name()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "DROP TABLE delta.retail.events",
        "DELETE FROM delta.retail.events",
        "UPDATE delta.retail.events SET quantity = 0",
        "INSERT INTO delta.retail.products SELECT * FROM delta.retail.products",
        "ALTER TABLE delta.retail.events ADD COLUMN x integer",
        "ALTER TABLE delta.retail.events EXECUTE optimize",
        "ALTER TABLE delta.retail.events RENAME TO delta.retail.e",
        "CALL delta.system.vacuum('retail', 'events', '0s')",
        "CALL delta.system.register_table('retail', 'e', 'file:///tmp')",
        "CALL delta.system.unregister_table('retail', 'events')",
        "CREATE TABLE delta.retail.mine AS SELECT 1 AS x",
        "CREATE SCHEMA delta.mine",
        "DROP TABLE iceberg.retail.sales_sliding",
        "TRUNCATE TABLE iceberg.retail.sales_sliding",
        "INSERT INTO iceberg.retail.sales_sliding SELECT * FROM iceberg.retail.sales_sliding",
        "ALTER TABLE iceberg.retail.sales_sliding EXECUTE optimize",
        "ALTER TABLE iceberg.retail.sales_sliding EXECUTE expire_snapshots(retention_threshold => '30d')",
        "ALTER TABLE iceberg.retail.sales_sliding EXECUTE remove_orphan_files(retention_threshold => '30d')",
        "ALTER TABLE iceberg.retail.sales_sliding SET PROPERTIES sorted_by = ARRAY['date']",
        "CALL iceberg.system.rollback_to_snapshot('retail', 'sales_sliding', 1)",
        "CREATE VIEW iceberg.retail.mine AS SELECT 1 AS x",
        "CREATE SCHEMA iceberg.mine",
        "CREATE CATALOG mine USING memory"
      })
  void nothingOfTheLakeCanBeChanged(String sql) {
    assertThatThrownBy(() -> run(sql))
        .hasMessageMatching("(?s).*(Access Denied|not registered|not supported|Writes are not).*");
  }

  @Test
  void resultsOfOnesOwnGoToTheCatalogMemory() throws SQLException {
    run("CREATE TABLE memory.default.mine AS SELECT count(*) AS events FROM delta.retail.events");
    assertThat(EngineRows.of(trino, "SELECT * FROM memory.default.mine"))
        .isEqualTo(EngineRows.of(trino, "SELECT count(*) AS events FROM delta.retail.events"));
  }

  @Test
  void itListensOnTheLoopbackInterfaceOnlyAndUpSaysAgainWhereItIs() {
    int port = URI.create(server.jdbcUrl().substring("jdbc:".length())).getPort();
    assertThatThrownBy(() -> new Socket("127.0.0.2", port).close()).isInstanceOf(IOException.class);
    assertThat(server.upAgain())
        .startsWith("Up already:")
        .contains(server.jdbcUrl(), "http://127.0.0.1:" + port + ", catalogs iceberg and delta");
  }

  /** The queries of a page that are in Trino's words. */
  private static List<String> examples(String page) throws IOException {
    return Pattern.compile("(?s)```sql\n(.*?)```")
        .matcher(Files.readString(Path.of("..", "docs", page)))
        .results()
        .flatMap(block -> Arrays.stream(block.group(1).split(";")))
        .map(String::strip)
        .filter(sql -> sql.startsWith("SELECT") && sql.contains("iceberg.retail"))
        .toList();
  }

  /** Trino's zone is UTC, as Spark's is; the JVM's is not. */
  private static void assertSameRows(String name) throws SQLException {
    String table = inTrino(name);
    boolean isDelta = table.startsWith("delta.");
    lake.lake().register(lake.spark());
    Dataset<Row> inSpark = lake.spark().table(isDelta ? name : "lake." + name);
    assertThat(EngineRows.of(trino, "SELECT * FROM " + table))
        .as(table)
        .isEqualTo(EngineRows.of(inSpark, isDelta));
  }

  private static String inTrino(String name) {
    return (isDelta(name) ? "delta." : "iceberg.") + name;
  }

  private static boolean isDelta(String name) {
    return Files.exists(lake.warehouse().resolve(name.replace('.', '/')).resolve("_delta_log"));
  }

  private static boolean isOfTheDemo(String table) {
    return table.matches("(retail|ops)\\..*");
  }

  private static String catalog(TableFormat format) {
    return format.name().toLowerCase(Locale.ROOT);
  }

  /** Before it every row of the date had one more. */
  private static String beforeAndAfterTheRepair() throws SQLException {
    DecimalFormat number =
        new DecimalFormat("#,##0.######", DecimalFormatSymbols.getInstance(Locale.ROOT));
    try (Statement statement = trino.createStatement();
        ResultSet row =
            statement.executeQuery(
                "SELECT sum(revenue_net) + count(*), sum(revenue_net) FROM iceberg.retail.sales_by_hour_country WHERE date = DATE '2010-12-02'")) {
      row.next();
      return "On 2010-12-02 it was %s just before, and %s just after."
          .formatted(number.format(row.getBigDecimal(1)), number.format(row.getBigDecimal(2)));
    }
  }

  private static void awaitTable(String name, TableFormat format) {
    await().atMost(PATIENCE).until(() -> tables(catalog(format)).contains(name));
  }

  private static List<String> tables(String catalog) throws SQLException {
    List<String> rows =
        EngineRows.of(
            trino,
            "SELECT table_schema || '.' || table_name FROM %s.information_schema.tables"
                .formatted(catalog));
    return rows.stream().skip(1).map(row -> row.substring(1, row.length() - 1)).toList();
  }

  private static void compact(String name, TableFormat format) {
    lake.spark()
        .sql(
            format == TableFormat.DELTA
                ? "OPTIMIZE " + name
                : "CALL lake.system.rewrite_data_files(table => '%s', options => map('rewrite-all', 'true'))"
                    .formatted(name));
  }

  /** Rows that are marked as deleted, and stay in their files. */
  private static void deleteByMarks(String name, TableFormat format) {
    if (format == TableFormat.DELTA) {
      lake.spark()
          .sql(
              "ALTER TABLE %s SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')"
                  .formatted(name));
      lake.spark().sql("DELETE FROM %s WHERE note IS NULL AND id = 4".formatted(name));
    } else {
      lake.spark()
          .sql(
              "ALTER TABLE lake.%s SET TBLPROPERTIES ('write.delete.mode' = 'merge-on-read')"
                  .formatted(name));
      lake.spark().sql("DELETE FROM lake.%s WHERE note IS NULL AND id = 4".formatted(name));
    }
  }

  /** As the stream does on dates with very many rows. */
  private static void upsertByMarks(LakeTable table) {
    List<String> key = List.of("date", "id");
    Dataset<Row> rows =
        table
            .read(lake.spark())
            .where("id = 4")
            .drop("id")
            .crossJoin(lake.spark().range(100, 140).selectExpr("CAST(id AS INT) AS id"));
    table.upsert(rows, key, new Commit("write", 2));
    RowLevel.applyFrom(lake.spark(), 1);
    Dataset<Row> changed = rows.withColumn("text", functions.lit("changed"));
    table.upsert(changed.where("id < 103"), key, new Commit("write", 3));
    RowLevel.applyFrom(lake.spark(), 1_000_000);
  }

  private static void drop(String name, TableFormat format) throws IOException {
    if (format == TableFormat.ICEBERG) {
      lake.spark().sql("DROP TABLE lake.%s PURGE".formatted(name));
    } else {
      lake.spark().sql("DROP TABLE IF EXISTS " + name);
      TrinoUnderTest.delete(lake.warehouse().resolve(name.replace('.', '/')));
    }
  }

  private static TableDefinition numbers(String name, TableFormat format) {
    return new TableDefinition(
        name, format, StructType.fromDDL("value BIGINT"), Optional.empty(), List.of("value"));
  }

  private static void run(String sql) throws SQLException {
    try (Statement statement = trino.createStatement()) {
      statement.execute(sql);
    }
  }
}
