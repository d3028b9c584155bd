package io.tidemark.table;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import java.math.BigInteger;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** How a verb that only looks reads tables: mostly a few rows of small ones. */
public final class Looks {
  /** In bytes: what is read before a compiler would be done. */
  public static final long SMALL = 4 << 20;

  /** Whether small tables are read without Spark, which takes a second and two jobs for each. */
  private static final String READS_SMALL_TABLES = "spark.tidemark.reads-small-tables";

  private static final String COMPILES_STAGES = "spark.sql.codegen.wholeStage";
  private static final String COMPILES = "spark.sql.codegen.factoryMode";

  /**
   * What such a verb asks of Spark: it has no page to show, and mostly reads a few rows, for which
   * no code is worth being compiled.
   */
  public static final Map<String, String> SETTINGS =
      Map.of(
          "spark.ui.enabled",
          "false",
          READS_SMALL_TABLES,
          "true",
          COMPILES_STAGES,
          "false",
          COMPILES,
          "NO_CODEGEN");

  private Looks() {}

  /** Whether small tables are to be read without Spark. */
  public static boolean readsSmallTables(SparkSession spark) {
    return Boolean.parseBoolean(spark.conf().get(READS_SMALL_TABLES, "false"));
  }

  /** Whether a session with these settings reads them so. */
  public static boolean readsSmallTables(Map<String, String> settings) {
    return Boolean.parseBoolean(settings.get(READS_SMALL_TABLES));
  }

  /** From here on Spark reads small tables too: only it knows their files and earlier versions. */
  public static void leaveToSpark(SparkSession spark) {
    readsMuch(spark);
    spark.conf().set(READS_SMALL_TABLES, "false");
  }

  /** From here on more than a few rows are read: code is compiled, as in any other session. */
  public static void readsMuch(SparkSession spark) {
    if (readsSmallTables(spark)) {
      spark.conf().unset(COMPILES_STAGES);
      spark.conf().unset(COMPILES);
    }
  }

  /** The same rows, whose code is compiled if the tables that they are made of are not small. */
  public static Dataset<Row> measured(Dataset<Row> rows) {
    BigInteger size =
        asJava(rows.queryExecution().optimizedPlan().collectLeaves()).stream()
            .map(leaf -> leaf.stats().sizeInBytes().bigInteger())
            .reduce(BigInteger.ZERO, BigInteger::add);
    if (size.compareTo(BigInteger.valueOf(SMALL)) > 0) {
      readsMuch(rows.sparkSession());
    }
    return rows;
  }
}
