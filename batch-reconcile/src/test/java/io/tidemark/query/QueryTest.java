package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QueryTest {
  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    create("shop.events", TableFormat.DELTA);
    create("shop.sales", TableFormat.ICEBERG);
    create("ops.ledger", TableFormat.ICEBERG);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private void create(String name, TableFormat format) {
    lake.lake()
        .create(
            new TableDefinition(
                name,
                format,
                StructType.fromDDL(
                    "event_id STRING NOT NULL, price DECIMAL(10,2), seen_at TIMESTAMP, tags ARRAY<STRING>, date DATE"),
                Optional.of("date"),
                List.of()));
  }

  private List<String> rows(String sql) {
    SortedMap<String, TableFormat> tables =
        lake.lake().register(lake.spark(), lake.lake().tables());
    return Query.run(lake.spark(), sql, tables).collectAsList().stream()
        .map(row -> row.mkString(" "))
        .toList();
  }

  @Test
  void allTablesOfTheLakeAreShown() {
    assertThat(rows("SHOW TABLES"))
        .containsExactly("ops ledger iceberg", "shop events delta", "shop sales iceberg");
    assertThat(rows("show tables in Shop;"))
        .containsExactly("shop events delta", "shop sales iceberg");
    assertThat(rows("SHOW TABLES FROM shop LIKE 's*'")).containsExactly("shop sales iceberg");
    assertThat(rows("SHOW TABLES 'led*'")).containsExactly("ops ledger iceberg");
  }

  @Test
  void aSchemaThatIsNotThereIsToldWithThoseThatAre() {
    assertThatThrownBy(() -> rows("SHOW TABLES IN shopp"))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessage(
            "Cannot show the tables of shopp: the lake does not have this schema. Did you mean shop? The schemas are: ops, shop");
  }

  @Test
  void aTableOfEitherFormatIsDescribedAlike() {
    List<String> columns =
        List.of(
            "event_id STRING",
            "price DECIMAL(10,2)",
            "seen_at TIMESTAMP",
            "tags ARRAY<STRING>",
            "date DATE");
    assertThat(rows("DESCRIBE shop.events")).isEqualTo(columns);
    assertThat(rows("DESC TABLE EXTENDED Shop.Sales;")).isEqualTo(columns);
  }

  @Test
  void whatCannotBeDescribedIsToldWithWhatCan() {
    assertThatThrownBy(() -> rows("DESCRIBE shop.sale"))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessageStartingWith(
            "Cannot describe shop.sale: the lake does not have this table. Did you mean shop.sales?")
        .hasMessageEndingWith("The tables are: ops.ledger, shop.events, shop.sales");
    for (String other :
        List.of(
            "DESCRIBE shop.sales price",
            "DESCRIBE QUERY SELECT 1",
            "DROP TABLE shop.sales",
            "SHOW CREATE TABLE shop.sales")) {
      assertThatThrownBy(() -> rows(other))
          .as(other)
          .isInstanceOf(InvalidQueryException.class)
          .hasMessage(
              "Cannot run the query: only SELECT, SHOW TABLES [IN schema] and DESCRIBE table are allowed.");
    }
  }

  @Test
  void aTableThatIsNotThereIsToldWithThoseThatAre() {
    assertThatThrownBy(() -> rows("SELECT * FROM shop.evnts"))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessage(
            "Cannot run the query: the lake does not have the table shop.evnts. Did you mean shop.events?%nThe tables are: ops.ledger, shop.events, shop.sales"
                .formatted());
  }

  @Test
  void aSelectReadsBothFormats() {
    assertThat(rows("SELECT count(*) FROM shop.events JOIN shop.sales USING (event_id)"))
        .containsExactly("0");
  }
}
