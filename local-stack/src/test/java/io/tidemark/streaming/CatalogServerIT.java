package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.local.GuardedServer;
import io.tidemark.local.RestCatalog;
import io.tidemark.local.TestCertificate;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableEdits;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.table.UpkeepPolicy;
import io.tidemark.table.UpkeepTask;
import io.tidemark.table.session.Lake;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Iceberg tables in catalogs that are servers: what the local one does, they do. */
class CatalogServerIT {
  private static final StructType COLUMNS =
      StructType.fromDDL("shop STRING, amount INT, date DATE");
  private static final LocalDate FIRST = LocalDate.parse("2024-05-01");
  private static final LocalDate SECOND = LocalDate.parse("2024-05-02");

  @TempDir private Path folder;

  @Test
  void tablesAreInPostgreSql() throws Exception {
    try (EmbeddedPostgres database =
        EmbeddedPostgres.builder()
            .setOverrideWorkingDirectory(folder.resolve("postgresql").toFile())
            .setDataDirectory(folder.resolve("database"))
            .start()) {
      liveThere(
          Map.of(
              "type", "jdbc",
              "uri", database.getJdbcUrl("postgres", "postgres"),
              "jdbc.schema-version", "V1"));
    }
  }

  @Test
  void tablesAreBehindRest() throws Exception {
    try (RestCatalog server = RestCatalog.start(folder)) {
      liveThere(Map.of("type", "rest", "uri", server.url().toString()));
    }
  }

  @Test
  void oneWhoseCertificateIsUnknownIsNamed() throws Exception {
    TestCertificate certificate = TestCertificate.in(folder.resolve("certificate"));
    try (GuardedServer server =
        GuardedServer.before(URI.create("http://127.0.0.1:9"), certificate.context(), "hunter2")) {
      Map<String, String> catalog =
          Map.of("type", "rest", "uri", server.place().toString(), "token", "hunter2");
      try (TestLake lake = TestLake.at(folder, URI.create("file://" + folder), catalog, Map.of())) {
        assertThat(Lake.catalogProblem(lake.spark(), catalog).orElseThrow())
            .startsWith("Cannot open the Iceberg catalog at " + server.place())
            .contains("certification path", "javax.net.ssl.trustStore")
            .doesNotContain("hunter2");
      }
    }
  }

  private static TableDefinition table(StructType columns) {
    return new TableDefinition(
        "shop.sales", TableFormat.ICEBERG, columns, Optional.of("date"), List.of("shop"));
  }

  private void liveThere(Map<String, String> catalog) {
    try (TestLake lake = TestLake.at(folder, URI.create("file://" + folder), catalog, Map.of())) {
      assertThat(Lake.catalogProblem(lake.spark(), catalog)).isEmpty();
      LakeTable made = lake.lake().create(table(COLUMNS));
      append(lake, made, 0, "('north', 1, date'2024-05-01')");
      append(lake, made, 1, "('north', 2, date'2024-05-02')");
      long before = made.version();

      // It evolves: a column more, and a wider one.
      LakeTable table =
          lake.lake()
              .create(
                  table(StructType.fromDDL("shop STRING, amount BIGINT, till STRING, date DATE")));
      assertThat(lake.lake().tables()).containsEntry("shop.sales", TableFormat.ICEBERG);
      assertThat(
              table.upsert(
                  rows(lake, "('north', 5L, 't', date'2024-05-02')", "shop, amount, till, date"),
                  List.of("shop", "date"),
                  new Commit("refresh", 0)))
          .isTrue();
      assertThat(append(lake, made, 1, "('again', 2, date'2024-05-02')"))
          .as("a commit that is there")
          .isFalse();
      assertThat(content(table.read(lake.spark())))
          .containsExactlyInAnyOrder("north 1 null 2024-05-01", "north 5 t 2024-05-02");

      // A date is repaired, and another edited by hand.
      table.replaceDates(
          rows(lake, "('south', 7L, 'r', date'2024-05-01')", "shop, amount, till, date"),
          FIRST,
          FIRST,
          table.version(),
          new Commit("repair", 0));
      long repaired = table.version();
      lake.spark().sql("UPDATE lake.shop.sales SET amount = 6 WHERE date = date'2024-05-02'");
      assertThat(table.edits(repaired).found())
          .extracting(TableEdits.Edit::date)
          .containsExactly(Optional.of(SECOND));

      // Time travel, by a version and by the history.
      assertThat(content(table.read(lake.spark(), before)))
          .containsExactlyInAnyOrder("north 1 null 2024-05-01", "north 2 null 2024-05-02");
      assertThat(table.versions()).extracting(version -> version.version()).contains(before);
      assertThat(table.countsByDate()).containsOnlyKeys(FIRST, SECOND);

      // Upkeep leaves one file a date and one version, and the marks of commits.
      for (int n = 2; n < 5; n++) {
        append(lake, made, n, "('more', %d, date'2024-05-01')".formatted(n));
      }
      List<String> content = content(table.read(lake.spark()));
      assertThat(upkeep(table)).contains(UpkeepTask.Kind.COMPACT, UpkeepTask.Kind.EXPIRE_SNAPSHOTS);
      assertThat(content(table.read(lake.spark()))).isEqualTo(content);
      assertThat(table.versions()).hasSizeLessThan(4);
      assertThat(table.lastBatch("land")).hasValue(4);
      assertThat(table.lastBatch("refresh")).hasValue(0);
    }
  }

  private static List<UpkeepTask.Kind> upkeep(LakeTable table) {
    UpkeepPolicy strict =
        new UpkeepPolicy(1, date -> true, Instant.now(), 0, Optional.empty(), List.of());
    return table.upkeep().tasks(strict).stream()
        .map(
            task -> {
              task.work().get();
              return task.kind();
            })
        .toList();
  }

  private static boolean append(TestLake lake, LakeTable table, long batch, String values) {
    return table.append(rows(lake, values, "shop, amount, date"), new Commit("land", batch));
  }

  private static Dataset<Row> rows(TestLake lake, String values, String columns) {
    return lake.spark().sql("SELECT * FROM VALUES %s AS t(%s)".formatted(values, columns));
  }

  private static List<String> content(Dataset<Row> rows) {
    return rows
        .selectExpr("concat_ws(' ', shop, amount, coalesce(till, 'null'), date)")
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .sorted()
        .toList();
  }
}
