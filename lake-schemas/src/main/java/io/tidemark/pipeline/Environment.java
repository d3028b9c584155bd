package io.tidemark.pipeline;

import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/**
 * Where things are: the same pipeline runs on a laptop and on a cluster by another environment
 * file.
 *
 * @param brokers Kafka bootstrap servers
 * @param registry the schema registry: an http(s) URL that speaks Confluent's API, which may hold a
 *     user and a password, or a file URL of a folder of schemas
 * @param warehouse root of all tables, a URI
 * @param checkpoints root of the streaming checkpoints, a URI
 * @param catalog properties of the Iceberg catalog, as Iceberg names them
 * @param kafka more properties of the Kafka clients, security for one
 * @param spark more properties of the Spark session
 */
public record Environment(
    String brokers,
    URI registry,
    URI warehouse,
    URI checkpoints,
    Map<String, String> catalog,
    Map<String, String> kafka,
    Map<String, String> spark) {
  public Environment {
    catalog = Map.copyOf(catalog);
    kafka = Map.copyOf(kafka);
    spark = Map.copyOf(spark);
  }

  static Environment of(Section root) {
    Environment environment =
        new Environment(
            root.required("brokers", Value::text),
            root.required("registry", Value.registry(root.document())),
            root.required("warehouse", Value.place(root.document())),
            root.required("checkpoints", Value.place(root.document())),
            root.properties("catalog"),
            root.properties("kafka"),
            root.properties("spark"));
    root.done();
    return environment;
  }

  /** What a Kafka client needs to reach the brokers. */
  public Map<String, Object> clientSettings() {
    Map<String, Object> settings = new HashMap<>(kafka);
    settings.put("bootstrap.servers", brokers);
    return settings;
  }

  /**
   * Which records count: those of committed transactions, unless the environment says otherwise.
   */
  public String isolationLevel() {
    return kafka.getOrDefault("isolation.level", "read_committed");
  }

  /** Leaves out the values of properties and the registry, which may hold secrets. */
  @Override
  public String toString() {
    return "Environment[brokers=%s, warehouse=%s, checkpoints=%s]"
        .formatted(brokers, warehouse, checkpoints);
  }
}
