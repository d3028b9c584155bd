package io.tidemark.local.purchases;

import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** The views of the reference pipeline as the truth has them: keyed by text, up to a date. */
public record SalesTables(SparkSession spark, String through) {
  private static final String[] MEASURES = {
    "line_count",
    "quantity_net",
    "revenue_net",
    "sale_lines",
    "quantity_gross",
    "revenue_gross",
    "cancelled_lines",
    "quantity_cancelled",
    "revenue_cancelled"
  };
  private static final String START = "date_format(window_start, 'yyyy-MM-dd HH:mm:ss')";

  public Map<String, Measures> byHourAndCountry() {
    return rows(view("sales_by_hour_country"), START + " || '|' || country");
  }

  public Map<String, Measures> sliding() {
    return rows(view("sales_sliding"), START);
  }

  /** Each date's hours together. */
  public Map<String, Measures> byDay() {
    return rows(daily("sales_by_hour_country"), "CAST(date AS STRING)");
  }

  /** Each date's products together. */
  public Map<String, Measures> productsByDay() {
    return rows(daily("sales_by_product_day"), "CAST(date AS STRING)");
  }

  /** The part of a truth that is not after a date. */
  public static Map<String, Measures> through(String date, Map<String, Measures> truth) {
    Map<String, Measures> kept = new HashMap<>(truth);
    kept.keySet().removeIf(key -> key.substring(0, date.length()).compareTo(date) > 0);
    return kept;
  }

  private Dataset<Row> daily(String view) {
    Dataset<Row> sums = view(view).groupBy("date").sum(MEASURES);
    return sums.withColumnsRenamed(named());
  }

  private static Map<String, String> named() {
    Map<String, String> names = new HashMap<>();
    for (String measure : MEASURES) {
      names.put("sum(" + measure + ")", measure);
    }
    return names;
  }

  private Dataset<Row> view(String name) {
    return spark.table("retail." + name).where("date <= date'" + through + "'");
  }

  private static Map<String, Measures> rows(Dataset<Row> view, String key) {
    Map<String, Measures> rows = new HashMap<>();
    String[] columns = new String[MEASURES.length + 1];
    columns[0] = key;
    System.arraycopy(MEASURES, 0, columns, 1, MEASURES.length);
    view.selectExpr(columns)
        .collectAsList()
        .forEach(row -> rows.put(row.getString(0), measures(row)));
    return rows;
  }

  private static Measures measures(Row row) {
    return new Measures(
        row.getLong(1),
        row.getLong(2),
        (BigDecimal) row.get(3),
        row.getLong(4),
        row.getLong(5),
        (BigDecimal) row.get(6),
        row.getLong(7),
        row.getLong(8),
        (BigDecimal) row.get(9));
  }
}
