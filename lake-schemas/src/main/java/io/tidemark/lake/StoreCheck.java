package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.Problems;
import io.tidemark.table.ConditionalWrites;
import io.tidemark.table.session.Lake;
import io.tidemark.table.session.LakeSession;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.SparkSession;

/**
 * Whether what an environment file names can be reached, and used by several processes at once: S3
 * and the server of the Iceberg catalog. What is on this machine is not asked.
 */
public record StoreCheck(SparkSession spark, Environment environment) {

  /** Adds what every verb would refuse that writes. */
  public void check(Path file, Problems problems) {
    problems().forEach((key, message) -> problems.add(file.toString(), 0, key, message));
  }

  /**
   * @throws IllegalStateException with the first of them, if there are any
   */
  public void require() {
    problems().values().stream().findFirst().ifPresent(StoreCheck::refuse);
  }

  /**
   * The same for a verb that only reads tables.
   *
   * @throws IllegalStateException if the catalog does not answer
   */
  public void requireCatalog() {
    Lake.catalogProblem(spark, environment.catalog()).ifPresent(StoreCheck::refuse);
  }

  private static void refuse(String message) {
    throw new IllegalStateException(message);
  }

  /** Keys of the environment file, each with what is wrong about it. */
  private Map<String, String> problems() {
    Map<String, String> problems = new LinkedHashMap<>();
    Configuration hadoop = spark.sparkContext().hadoopConfiguration();
    // Whoever names a store of the log knows how it keeps writers apart.
    if (LakeSession.keepsLogOnS3(spark)) {
      ConditionalWrites.problem(environment.warehouse(), hadoop)
          .ifPresent(message -> problems.put("warehouse", message));
    }
    ConditionalWrites.problem(environment.checkpoints(), hadoop)
        .ifPresent(message -> problems.put("checkpoints", message));
    Lake.catalogProblem(spark, environment.catalog())
        .ifPresent(message -> problems.put("catalog", message));
    return problems;
  }
}
