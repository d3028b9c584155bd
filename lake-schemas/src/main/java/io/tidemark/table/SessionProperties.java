package io.tidemark.table;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.sql.SparkSession;

/**
 * Properties of a session for the length of one write. MERGE takes its identity from nowhere else,
 * so two of one session wait for each other, or they would swap theirs.
 */
final class SessionProperties {
  /** Not the sessions themselves: Spark locks those, from other threads of the same write. */
  private static final Map<SparkSession, Object> LOCKS =
      Collections.synchronizedMap(new WeakHashMap<>());

  private SessionProperties() {}

  static void during(SparkSession spark, Map<String, String> properties, Runnable write) {
    synchronized (LOCKS.computeIfAbsent(spark, session -> new Object())) {
      properties.forEach(spark.conf()::set);
      try {
        write.run();
      } finally {
        properties.keySet().forEach(spark.conf()::unset);
      }
    }
  }
}
