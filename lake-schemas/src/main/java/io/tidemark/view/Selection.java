package io.tidemark.view;

import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Gives rows the names that a SELECT reads them by. */
public final class Selection {
  private Selection() {}

  public static Dataset<Row> of(String sql, Map<String, Dataset<Row>> sources, SparkSession spark) {
    // Several views of one application name their events alike, each in its own thread.
    synchronized (spark) {
      sources.forEach((name, rows) -> rows.createOrReplaceTempView(name));
      try {
        return spark.sql(sql);
      } finally {
        sources.keySet().forEach(name -> spark.catalog().dropTempView(name));
      }
    }
  }
}
