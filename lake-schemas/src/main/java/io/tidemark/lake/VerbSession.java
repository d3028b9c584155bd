package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.Looks;
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
    return LakeSession.open(
        "tidemark " + verb, environment.warehouse(), environment.catalog(), settings);
  }

  /**
   * @param verb with what it is about, as Spark's own pages show it
   */
  public static SparkSession open(String verb, Environment environment) {
    return LakeSession.open(
        "tidemark " + verb, environment.warehouse(), environment.catalog(), environment.spark());
  }
}
