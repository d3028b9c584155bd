package io.tidemark.table.session;

import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Sales;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LakeIT {
  @TempDir Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void createsATableOnce(TableFormat format) {
    assertThat(lake.lake().find(Sales.table(format))).isEmpty();
    lake.lake().create(Sales.table(format)).append(rows(lake, MUG), new Commit("land", 0));

    lake.lake().create(Sales.table(format));

    LakeTable table = lake.lake().find(Sales.table(format)).orElseThrow();
    assertThat(table.read(lake.spark()).collectAsList()).containsExactly(MUG);
  }

  @ParameterizedTest
  @EnumSource
  void createsATableOnceWhenSeveralRace(TableFormat format) {
    CompletableFuture<?>[] creators =
        Stream.of("a", "b", "c", "d")
            .map(
                query ->
                    CompletableFuture.runAsync(
                        () ->
                            lake.lake()
                                .create(Sales.table(format))
                                .append(rows(lake, MUG), new Commit(query, 0))))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(creators).join();

    LakeTable table = lake.lake().find(Sales.table(format)).orElseThrow();
    assertThat(table.read(lake.spark()).count()).isEqualTo(4);
  }

  @Test
  void createsATableWhereAKilledWriterLeftItsFolders() throws Exception {
    Files.createDirectories(lake.warehouse().resolve("shop/sales/_delta_log"));

    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA));

    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
  }

  @Test
  void refusesAFolderWithFilesOfOthers() throws Exception {
    Path others = Files.createDirectories(lake.warehouse().resolve("shop/sales"));
    Files.writeString(others.resolve("report.xlsx"), "figures");

    assertThatThrownBy(() -> lake.lake().create(Sales.table(TableFormat.DELTA)))
        .hasMessageContaining(others.toString());
    assertThat(others.resolve("report.xlsx")).exists();
  }

  @ParameterizedTest
  @EnumSource
  void addsColumnsThatTheDefinitionGained(TableFormat format) {
    lake.lake().create(Sales.table(format)).append(rows(lake, MUG), new Commit("land", 0));
    StructType wider = Sales.COLUMNS.add("note", "string", false).add("tags", "map<string,bigint>");

    LakeTable table = lake.lake().create(Sales.table(format, wider));

    for (Dataset<Row> rows :
        List.of(table.read(lake.spark()), table.read(lake.spark(), table.version()))) {
      Row present = rows.selectExpr("shop", "note", "tags").head();
      assertThat(present.getString(0)).isEqualTo("north");
      assertThat(present.isNullAt(1)).isTrue();
    }
    table.append(
        rows(lake, MUG).selectExpr("*", "'new' AS note", "map('a', 1L) AS tags"),
        new Commit("land", 1));
    assertThat(table.read(lake.spark()).where("note = 'new'").count()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void refusesAColumnOfAnotherType(TableFormat format) {
    lake.lake().create(Sales.table(format));
    StructType other = StructType.fromDDL("shop STRING, price DOUBLE, date DATE");

    assertThatThrownBy(() -> lake.lake().create(Sales.table(format, other)))
        .hasMessage(
            "Cannot use table shop.sales: its column price is DECIMAL(18,3), and its definition"
                + " says DOUBLE. Keep its type (in a view: CAST it to DECIMAL(18,3)), or give it"
                + " another name (in an Avro schema: with the old name as an alias)");
  }

  @Test
  void refusesATableThatIsThereInTheOtherFormat() {
    lake.lake().create(Sales.table(TableFormat.ICEBERG));

    assertThatThrownBy(() -> lake.lake().create(Sales.table(TableFormat.DELTA)))
        .hasMessage(
            "Cannot create table shop.sales in DELTA: it is there in ICEBERG. Keep its format, or"
                + " drop it first");
  }

  @Test
  void makesTablesOfBothFormatsReadableByName() {
    lake.lake().create(Sales.table(TableFormat.DELTA)).append(rows(lake, MUG), new Commit("q", 0));
    TableDefinition ledger =
        new TableDefinition(
            "ops.ledger",
            TableFormat.ICEBERG,
            StructType.fromDDL("query STRING NOT NULL, seen MAP<STRING, BIGINT> NOT NULL"),
            Optional.empty(),
            List.of("query"));
    lake.lake()
        .create(ledger)
        .append(lake.spark().sql("SELECT 'q' AS query, map('x', 1L) AS seen"), new Commit("q", 0));

    assertThat(lake.lake().register(lake.spark())).containsExactly("ops.ledger", "shop.sales");
    assertThat(lake.lake().register(lake.spark())).hasSize(2);

    assertThat(
            lake.spark()
                .sql("SELECT shop, seen FROM shop.sales CROSS JOIN ops.ledger WHERE query = 'q'")
                .count())
        .isEqualTo(1);
  }

  @Test
  void writesToTablesWithoutDates() {
    for (TableFormat format : TableFormat.values()) {
      TableDefinition products =
          new TableDefinition(
              "shop.products_" + format.name().toLowerCase(java.util.Locale.ROOT),
              format,
              StructType.fromDDL("code STRING, price INT"),
              Optional.empty(),
              List.of());
      LakeTable table = lake.lake().create(products);
      table.upsert(
          lake.spark().sql("VALUES ('a', 1), (NULL, 2) AS t(code, price)"),
          List.of("code"),
          new Commit("load", 0));
      table.upsert(
          lake.spark().sql("VALUES ('b', 1), (NULL, 3) AS t(code, price)"),
          List.of("code"),
          new Commit("load", 1));

      assertThat(table.read(lake.spark()).selectExpr("sum(price)").head().getLong(0)).isEqualTo(5);
      long version = table.version();
      assertThat(table.upsert(table.read(lake.spark()), List.of("code"), new Commit("load", 1)))
          .isFalse();
      assertThat(table.version()).isEqualTo(version);
    }
  }

  @ParameterizedTest
  @EnumSource
  void severalQueriesWriteToATableWithoutDatesAtTheSameTime(TableFormat format) {
    TableDefinition products =
        new TableDefinition(
            "shop.products",
            format,
            StructType.fromDDL("code STRING"),
            Optional.empty(),
            List.of());
    LakeTable table = lake.lake().create(products);

    CompletableFuture<?>[] writers =
        Stream.of("a", "b", "c")
            .map(code -> lake.spark().sql("VALUES ('%s') AS t(code)".formatted(code)))
            .map(
                row ->
                    CompletableFuture.runAsync(
                        () ->
                            table.upsert(
                                row, List.of("code"), new Commit(row.head().getString(0), 0))))
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(writers).join();

    assertThat(table.read(lake.spark()).count()).isEqualTo(3);
  }

  @Test
  void sessionsAreInUtcAndAnsiWhateverIsAsked() {
    var spark =
        TestLake.in(
                folder,
                java.util.Map.of(
                    "spark.sql.session.timeZone", "Asia/Tokyo", "spark.sql.ansi.enabled", "false"))
            .spark();

    assertThat(spark.conf().get("spark.sql.session.timeZone")).isEqualTo("UTC");
    assertThat(spark.conf().get("spark.sql.ansi.enabled")).isEqualTo("true");
  }

  @Test
  void namesWhatIsMissingWithoutALakeSession() {
    assertThatThrownBy(() -> Lake.of(lake.spark().newSession()))
        .hasMessageContaining("Cannot find the lake of this Spark session");
  }
}
