package io.tidemark.view;

import io.tidemark.schema.EventColumns;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Literal invoice lines, delivered in the order that they are written in. */
public final class InvoiceLines {
  public static final Path RETAIL = Path.of("..", "conf", "retail");
  static final StructType COLUMNS =
      EventColumns.of(EventColumns.reader(RETAIL.resolve("schemas/invoice_line.avsc")));
  static final StructType PRODUCTS =
      EventColumns.fields(EventColumns.reader(RETAIL.resolve("schemas/product.avsc")));

  private final List<Row> rows = new ArrayList<>();

  /**
   * @param id invoice and line, for example {@code 536365-1}
   */
  InvoiceLines line(
      String id, String time, String stockCode, int quantity, String price, String country) {
    String invoice = id.substring(0, id.indexOf('-'));
    int line = Integer.parseInt(id.substring(id.indexOf('-') + 1));
    Instant at = Instant.parse(time);
    rows.add(
        RowFactory.create(
            id,
            "invoice_line",
            1,
            at,
            invoice,
            null,
            null,
            invoice,
            line,
            stockCode,
            "as the till has it",
            quantity,
            new BigDecimal(price).setScale(3),
            null,
            country,
            invoice.startsWith("C"),
            "purchases",
            0,
            (long) rows.size(),
            at,
            0L,
            1,
            null,
            null,
            LocalDate.ofInstant(at, ZoneOffset.UTC)));
    return this;
  }

  List<Row> rows() {
    return rows;
  }

  Dataset<Row> dataset(SparkSession spark) {
    return spark.createDataFrame(rows, COLUMNS);
  }

  static Dataset<Row> products(SparkSession spark, Object[]... products) {
    return spark.createDataFrame(
        Arrays.stream(products).map(RowFactory::create).toList(), PRODUCTS);
  }
}
