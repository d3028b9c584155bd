package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.Looks;
import io.tidemark.table.NewFile;
import io.tidemark.table.ObjectCheckpoints;
import io.tidemark.table.session.LakeSession;
import java.util.HashMap;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/** Opens Spark for a verb, as the environment file says. */
public final class VerbSession {
  private VerbSession() {}

  /**
   * The same for a verb that only looks, and is to answer in seconds: see {@link Looks#SETTINGS}.
   */
  public static SparkSession look(String verb, Environment environment) {
    Map<String, String> settings = new HashMap<>(Looks.SETTINGS);
    settings.putAll(environment.spark());
    SparkSession spark = open(verb, environment, settings);
    new StoreCheck(spark, environment).requireCatalog();
    return spark;
  }

  /**
   * @param verb with what it is about, as Spark's own pages show it
   */
  public static SparkSession open(String verb, Environment environment) {
    return write(verb, environment, environment.spark());
  }

  /**
   * The same with other settings of Spark than the environment file has.
   *
   * @throws IllegalStateException if S3 or the catalog cannot be used
   */
  public static SparkSession write(
      String verb, Environment environment, Map<String, String> settings) {
    SparkSession spark = open(verb, environment, settings);
    new StoreCheck(spark, environment).require();
    return spark;
  }

  private static SparkSession open(
      String verb, Environment environment, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    if (NewFile.SCHEME.equals(environment.checkpoints().getScheme())) {
      all.putAll(ObjectCheckpoints.SETTINGS);
    }
    all.putAll(settings);
    return LakeSession.open(
        "tidemark " + verb, environment.warehouse(), environment.catalog(), all);
  }
}
