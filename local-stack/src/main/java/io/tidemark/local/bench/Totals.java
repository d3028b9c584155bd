package io.tidemark.local.bench;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sum;

import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** What a result must come to: who counts otherwise has not done the work. */
record Totals(long purchases, long quantity, long revenueCents) {
  static final Totals NONE = new Totals(0, 0, 0);

  Totals plus(long moreQuantity, long unitPriceCents) {
    return new Totals(
        purchases + 1, quantity + moreQuantity, revenueCents + moreQuantity * unitPriceCents);
  }

  static Totals ofEvents(Dataset<Row> events) {
    return of(
        events,
        count(lit(1)),
        sum(col("quantity")),
        sum(col("quantity").multiply(col("unit_price_cents"))));
  }

  static Totals ofView(Dataset<Row> view) {
    return of(view, sum("purchases"), sum("quantity"), sum("revenue_cents"));
  }

  private static Totals of(Dataset<Row> rows, Column purchases, Column quantity, Column revenue) {
    Row totals = rows.agg(purchases, quantity, revenue).head();
    return totals.isNullAt(1)
        ? NONE
        : new Totals(totals.getLong(0), totals.getLong(1), totals.getLong(2));
  }
}
