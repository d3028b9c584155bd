package io.tidemark.lake;

import io.tidemark.pipeline.Environment;
import io.tidemark.table.LakeSession;
import org.apache.spark.sql.SparkSession;

/** Opens Spark for a verb, as the environment file says. */
public final class VerbSession {
  private VerbSession() {}

  /**
   * @param verb with what it is about, as Spark's own pages show it
   */
  public static SparkSession open(String verb, Environment environment) {
    return LakeSession.open(
        "tidemark " + verb, environment.warehouse(), environment.catalog(), environment.spark());
  }
}
