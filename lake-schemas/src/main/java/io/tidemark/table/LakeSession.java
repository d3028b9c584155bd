package io.tidemark.table;

import java.net.URI;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Opens Spark with what both table formats and reproducible results need. */
public final class LakeSession {
  private LakeSession() {}

  /**
   * A session in UTC and ANSI mode over the tables of one warehouse.
   *
   * @param catalog properties of the Iceberg catalog
   * @param settings more Spark properties; they win over the defaults, not over UTC and ANSI
   */
  public static SparkSession open(
      String application,
      URI warehouse,
      Map<String, String> catalog,
      Map<String, String> settings) {
    throw new UnsupportedOperationException();
  }
}
