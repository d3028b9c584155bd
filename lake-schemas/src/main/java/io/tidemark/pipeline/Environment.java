package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.net.URLEncoder;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where things are: the same pipeline runs on a laptop and on a cluster by another environment
 * file.
 *
 * @param brokers Kafka bootstrap servers
 * @param registry the schema registry: an http(s) URL that speaks Confluent's API, which may hold a
 *     user and a password, or a token, or a file URL of a folder of schemas
 * @param warehouse root of all tables, a URI
 * @param checkpoints root of the streaming checkpoints, a URI
 * @param catalog properties of the Iceberg catalog, as Iceberg names them
 * @param kafka more properties of the Kafka clients, security for one
 * @param spark more properties of the Spark session
 * @param unknownIdPatience how long a schema's id is asked for that the registry does not know,
 *     before its records are dead letters
 * @param airflow the Airflow that reconciles what late events have made dirty, if one does
 */
public record Environment(
    String brokers,
    URI registry,
    URI warehouse,
    URI checkpoints,
    Map<String, String> catalog,
    Map<String, String> kafka,
    Map<String, String> spark,
    Duration unknownIdPatience,
    Optional<Airflow> airflow) {
  /** As it is unless the file says otherwise. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  public Environment {
    catalog = Map.copyOf(catalog);
    kafka = Map.copyOf(kafka);
    spark = Map.copyOf(spark);
  }

  public Environment(
      String brokers,
      URI registry,
      URI warehouse,
      URI checkpoints,
      Map<String, String> catalog,
      Map<String, String> kafka,
      Map<String, String> spark) {
    this(
        brokers,
        registry,
        warehouse,
        checkpoints,
        catalog,
        kafka,
        spark,
        PATIENCE,
        Optional.empty());
  }

  private record Registry(URI url, Duration unknownIdPatience) {
    static Registry of(Section section) {
      URI url = section.required("url", Value.registry(section.document()));
      Optional<String> token = section.optional("token", Value::token);
      Duration patience =
          section.optional(
              "unknown-id-patience", PATIENCE.toSeconds() + " seconds", Value::duration);
      section.done();
      if (url != null && token.isPresent()) {
        url = withToken(url, token.get(), section);
      }
      return new Registry(url, patience);
    }

    private static URI withToken(URI url, String token, Section section) {
      if (url.getHost() == null || url.getUserInfo() != null) {
        section.problem(
            "token",
            "Cannot log in to the registry by this: 'url' is a folder, or holds a user already.");
        return url;
      }
      // A user without a password, not even an empty one.
      String user = URLEncoder.encode(token, UTF_8).replace("+", "%20");
      return URI.create(url.toString().replaceFirst("://", "://" + user + "@"));
    }
  }

  static Environment of(Section root) {
    String brokers = root.required("brokers", Value::text);
    Registry registry = root.requiredSection("registry", "url", Registry::of);
    Environment environment =
        new Environment(
            brokers,
            registry.url(),
            root.required("warehouse", Value.place(root.document())),
            root.required("checkpoints", Value.place(root.document())),
            root.properties("catalog"),
            root.properties("kafka"),
            root.properties("spark"),
            registry.unknownIdPatience(),
            root.section("airflow", Airflow::of));
    root.done();
    refuseInternal(environment.spark(), root);
    refuseOtherS3("warehouse", environment.warehouse(), root);
    refuseOtherS3("checkpoints", environment.checkpoints(), root);
    refuseFolderCatalog(environment, root);
    return environment;
  }

  /** Other names for S3 are those of clients that write without a condition. */
  private static void refuseOtherS3(String key, URI place, Section root) {
    if (place != null && Set.of("s3", "s3n").contains(String.valueOf(place.getScheme()))) {
      root.problem(
          key,
          "Cannot use a place by the name '%s:': Hadoop's client for S3 is called s3a. Write s3a://%s%s."
              .formatted(place.getScheme(), place.getHost(), place.getPath()));
    }
  }

  /** It commits by renaming a file, which S3 does in two steps. */
  private static void refuseFolderCatalog(Environment environment, Section root) {
    if (environment.warehouse() != null
        && "s3a".equals(environment.warehouse().getScheme())
        && "hadoop".equals(environment.catalog().get("type"))) {
      root.problem(
          "catalog",
          "Cannot use a catalog of type hadoop on S3: of two commits at once one would be lost, since it commits by a rename. Use one of type rest, or of type jdbc with a PostgreSQL database.");
    }
  }

  private static void refuseInternal(Map<String, String> spark, Section root) {
    spark.keySet().stream()
        .filter(property -> property.startsWith("spark.tidemark."))
        .sorted()
        .forEach(
            property ->
                root.problem(
                    "spark",
                    "Cannot set '%s': Tidemark keeps these properties for itself. Its settings are keys of pipeline.yaml, such as refresh.large-date-rows."
                        .formatted(property)));
  }

  /** The same, more or less patient with ids of schemas that the registry does not know. */
  public Environment withPatience(Duration patience) {
    return new Environment(
        brokers, registry, warehouse, checkpoints, catalog, kafka, spark, patience, airflow);
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

  /** Leaves out the values of properties, the registry and Airflow, which may hold secrets. */
  @Override
  public String toString() {
    return "Environment[brokers=%s, warehouse=%s, checkpoints=%s]"
        .formatted(brokers, warehouse, checkpoints);
  }
}
