package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every table of the lake does, whatever its format. */
class LakeTableTest {
  private static final StructType COLUMNS =
      StructType.fromDDL(
          "shop STRING, item STRING, price DECIMAL(18,3), sold_at TIMESTAMP, date DATE");

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
  void appendsABatchOnce(TableFormat format) {
    LakeTable table = lake.lake().create(definition(format, COLUMNS));
    Commit commit = new Commit("retail.land.events", 0);

    assertThat(table.append(rows(sale("north", "2011-01-01")), commit)).isTrue();
    assertThat(table.append(rows(sale("south", "2011-01-01")), commit)).isFalse();
    assertThat(table.append(rows(sale("west", "2011-01-02")), new Commit("other", 0))).isTrue();

    assertThat(table.read(lake.spark()).collectAsList())
        .containsExactlyInAnyOrder(sale("north", "2011-01-01"), sale("west", "2011-01-02"));
    assertThat(table.lastBatch("retail.land.events")).hasValue(0);
    assertThat(table.lastBatch("nobody")).isEmpty();
    assertThat(table.countsByDate())
        .containsExactly(
            java.util.Map.entry(LocalDate.parse("2011-01-01"), 1L),
            java.util.Map.entry(LocalDate.parse("2011-01-02"), 1L));
    assertThat(lake.lake().register(lake.spark())).containsExactly("shop.sales");
    assertThat(lake.spark().sql("SELECT * FROM shop.sales").count()).isEqualTo(2);
  }

  private TableDefinition definition(TableFormat format, StructType columns) {
    return new TableDefinition(
        "shop.sales", format, columns, Optional.of("date"), List.of("sold_at"));
  }

  private Dataset<Row> rows(Row... rows) {
    return lake.spark().createDataFrame(Arrays.asList(rows), COLUMNS);
  }

  private static Row sale(String shop, String date) {
    return RowFactory.create(
        shop,
        "mug",
        new BigDecimal("2.550"),
        Timestamp.from(Instant.parse(date + "T10:00:00.123456Z")),
        Date.valueOf(date));
  }
}
