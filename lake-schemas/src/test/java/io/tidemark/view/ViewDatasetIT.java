package io.tidemark.view;

import static org.apache.spark.sql.functions.col;

import com.holdenkarau.spark.testing.JavaDataFrameSuiteBase;
import com.holdenkarau.spark.testing.SharedJavaSparkContext;
import java.math.BigDecimal;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whole datasets compared by spark-testing-base. Its base class makes a SparkContext and stops it,
 * so this runs in a JVM of its own, and not beside tests that share a lake's.
 */
class ViewDatasetIT extends JavaDataFrameSuiteBase {
  @Override
  public SparkConf conf() {
    return super.conf()
        .set("spark.master", "local[2]")
        .set("spark.sql.session.timeZone", "UTC")
        .set("spark.sql.shuffle.partitions", "2");
  }

  @Override
  public boolean enableHiveSupport() {
    return false;
  }

  /** What JUnit 4 would call. */
  @BeforeEach
  void open() {
    runBefore();
  }

  @AfterAll
  static void stop() {
    SharedJavaSparkContext.runAfterClass();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sales_by_hour_country", "sales_by_product_day", "sales_sliding"})
  void aViewDoesNotDependOnHowItsEventsAreReadAndDelivered(String name) {
    View view = RetailViews.named(name);
    Dataset<Row> once = lines().dataset(spark()).coalesce(1);
    Dataset<Row> scattered =
        lines()
            .dataset(spark())
            .unionAll(lines().dataset(spark()).withColumn("_offset", col("_offset").plus(100)))
            .repartition(7);

    assertDataFrameNoOrderEquals(
        view.batch(once, products()).coalesce(1), view.batch(scattered, products()).coalesce(1));
  }

  private static InvoiceLines lines() {
    return new InvoiceLines()
        .line("536365-1", "2010-12-01T08:26:00Z", "85123A", 6, "2.55", "United Kingdom")
        .line("536365-2", "2010-12-01T08:26:00Z", "85123a", 2, "3.395", "United Kingdom")
        .line("536370-1", "2010-12-01T23:45:00Z", "POST", 3, "18.00", "France")
        .line("C536379-1", "2010-12-02T00:00:00Z", "85123A", -1, "2.55", "EIRE");
  }

  private Map<String, Dataset<Row>> products() {
    return Map.of(
        "products",
        InvoiceLines.products(
            spark(),
            new Object[] {"85123A", "WHITE HANGING HEART", new BigDecimal("2.550"), true}));
  }
}
