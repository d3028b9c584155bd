package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RowPrinterTest {
  @TempDir private Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private String print(RowPrinter printer, String sql) {
    StringWriter printed = new StringWriter();
    printer.print(
        Query.run(lake.spark(), sql, new TreeMap<>(Map.of("ops.ledger", TableFormat.DELTA))),
        new PrintWriter(printed));
    return printed.toString();
  }

  @Test
  void csvQuotesWhatNeedsItAndTellsNullFromEmpty() {
    assertThat(
            print(
                RowPrinter.CSV,
                """
                SELECT 'a,b' AS x, 'say "so"' AS x, '' AS empty, null AS nothing, 1.50 AS price,
                  timestamp'2011-01-01 10:00:00' AS at, X'00FF' AS bytes"""))
        .isEqualTo(
            "x,x,empty,nothing,price,at,bytes\r\n"
                + "\"a,b\",\"say \"\"so\"\"\",\"\",,1.50,2011-01-01 10:00:00,AP8=\r\n");
  }

  @Test
  void textShowsTheFirstRowsAndSaysSo() {
    assertThat(print(RowPrinter.TEXT, "SELECT id FROM range(2) ORDER BY id"))
        .isEqualToNormalizingNewlines("id\n 0\n 1\n");
    assertThat(print(RowPrinter.TEXT, "SELECT id FROM range(1001)"))
        .endsWith("Only the first 1,000 rows. --csv and --json print every row.\n");
  }

  @Test
  void jsonIsAnObjectPerLineWithItsNulls() {
    assertThat(print(RowPrinter.JSON, "SELECT 'x' AS a, null AS b"))
        .isEqualTo("{\"a\":\"x\",\"b\":null}\n");
  }

  @Test
  void timesAreWholeInEveryForm() {
    String sql = "SELECT TIMESTAMP '2011-01-02 03:04:05.123456' AS t";

    assertThat(print(RowPrinter.JSON, sql)).isEqualTo("{\"t\":\"2011-01-02T03:04:05.123456Z\"}\n");
    assertThat(print(RowPrinter.CSV, sql)).isEqualTo("t\r\n2011-01-02 03:04:05.123456\r\n");
  }

  @Test
  void aQueryThatNamesNoTableIsToldWhichThereAre() {
    assertThatThrownBy(() -> print(RowPrinter.TEXT, "SELECT * FROM ops.legder"))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessageContaining("does not have the table ops.legder. Did you mean ops.ledger?")
        .hasMessageContaining("The tables are: ops.ledger");
  }

  @Test
  void aQueryThatWouldChangeSomethingIsRefused() {
    for (String sql :
        List.of(
            "DROP TABLE ops.ledger",
            "INSERT INTO ops.ledger SELECT 1",
            "WITH one AS (SELECT 1) INSERT INTO ops.ledger SELECT * FROM one",
            "FROM range(1) INSERT INTO ops.ledger SELECT id",
            "CALL lake.system.rollback_to_snapshot('ops.ledger', 1)",
            "EXECUTE IMMEDIATE 'DROP TABLE ops.ledger'",
            "BEGIN DROP TABLE ops.ledger; END")) {
      assertThatThrownBy(() -> print(RowPrinter.TEXT, sql))
          .as(sql)
          .isInstanceOf(InvalidQueryException.class)
          .hasMessageContaining(
              "only SELECT, SHOW TABLES [IN schema] and DESCRIBE table are allowed");
    }
    assertThatThrownBy(() -> print(RowPrinter.TEXT, "SELECT 1; DROP TABLE ops.ledger"))
        .isInstanceOf(InvalidQueryException.class);
    assertThat(print(RowPrinter.CSV, "SELECT 1 AS one ;\n")).isEqualTo("one\r\n1\r\n");
  }

  @Test
  void aQueryThatIsNoSqlIsRefused() {
    assertThatThrownBy(() -> print(RowPrinter.TEXT, "SELEC 1"))
        .isInstanceOf(InvalidQueryException.class)
        .hasMessageStartingWith("Cannot run the query: ");
  }
}
