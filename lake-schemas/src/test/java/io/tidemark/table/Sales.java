package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.sql.Date;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.StructType;

/** A small table for the contract of {@link LakeTable}. */
public final class Sales {
  public static final StructType COLUMNS =
      StructType.fromDDL(
          "shop STRING, item STRING, price DECIMAL(18,3), sold_at TIMESTAMP, date DATE");
  static final List<String> KEY = List.of("date", "shop", "item");

  static final LocalDate FIRST = LocalDate.parse("2011-01-01");
  static final LocalDate SECOND = LocalDate.parse("2011-01-02");

  /** On the first date. */
  public static final Row MUG = sale("north", "mug", "2.550", "2011-01-01");

  /** On the second date. */
  static final Row CUP = sale("south", "cup", "0.125", "2011-01-02");

  /** On the first date. */
  public static final Row DATE_ALONE =
      RowFactory.create(null, null, null, null, Date.valueOf("2011-01-01"));

  private Sales() {}

  public static TableDefinition table(TableFormat format) {
    return table(format, COLUMNS);
  }

  public static TableDefinition table(TableFormat format, StructType columns) {
    return new TableDefinition(
        "shop.sales", format, columns, Optional.of("date"), List.of("sold_at", "shop"));
  }

  public static Dataset<Row> rows(TestLake lake, Row... rows) {
    return lake.spark().createDataFrame(Arrays.asList(rows), COLUMNS);
  }

  /** Rows as Spark keeps them, without their plan. */
  public static RDD<InternalRow> internal(Dataset<Row> rows) {
    return rows.queryExecution().toRdd();
  }

  public static Row sale(String shop, String item, String price, String date) {
    return RowFactory.create(
        shop,
        item,
        new BigDecimal(price),
        Timestamp.from(Instant.parse("2011-01-01T10:00:00.123456Z")),
        date == null ? null : Date.valueOf(date));
  }

  /** The commit of a batch of the query that upserts. */
  static Commit refresh(long batch) {
    return new Commit("refresh", batch);
  }

  public static void assertRows(TestLake lake, LakeTable table, Row... rows) {
    List<Row> present = table.read(lake.spark()).collectAsList();
    assertThat(present).containsExactlyInAnyOrder(rows);
  }
}
