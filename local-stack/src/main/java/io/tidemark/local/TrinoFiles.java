package io.tidemark.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;

/** What Trino is told about a lake: a folder of configuration in the lake's own. */
record TrinoFiles(Path lake) {
  private static final String PORT = "http-server.http.port";

  /** Nobody writes through Trino, so that nothing but Tidemark and who means to edits a lake. */
  private static final String RULES =
      """
      {
        "catalogs": [
          {"catalog": "memory", "allow": "all"},
          {"catalog": "iceberg|delta|system", "allow": "read-only"}
        ],
        "procedures": [
          {"catalog": "system", "schema": "runtime", "procedure": "kill_query", "privileges": ["EXECUTE"]}
        ]
      }
      """;

  Path folder() {
    return lake.resolve("trino");
  }

  Path configuration() {
    return folder().resolve("config.properties");
  }

  Path metastore() {
    return folder().resolve("metastore");
  }

  Path temporary() {
    return folder().resolve("tmp");
  }

  /** The port that a server of this lake was last told to listen on. */
  Optional<Integer> port() throws IOException {
    if (!Files.exists(configuration())) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (InputStream file = Files.newInputStream(configuration())) {
      properties.load(file);
    }
    return Optional.ofNullable(properties.getProperty(PORT)).map(Integer::valueOf);
  }

  /** Writes all of it from the start. */
  void write(int port, Path installation, String catalog) throws IOException {
    FileTree.delete(folder());
    Path catalogs = Files.createDirectories(folder().resolve("catalog"));
    Files.createDirectories(metastore());
    Files.createDirectories(temporary());
    Path access = folder().resolve("access-control.properties");
    Path rules = Files.writeString(folder().resolve("rules.json"), RULES);
    store(access, Map.of("access-control.name", "file", "security.config-file", rules.toString()));
    store(configuration(), server(port, installation, catalogs, access));
    store(catalogs.resolve("iceberg.properties"), iceberg(catalog));
    store(catalogs.resolve("delta.properties"), delta());
    store(
        catalogs.resolve("memory.properties"),
        Map.of("connector.name", "memory", "memory.max-data-per-node", "128MB"));
  }

  private static Map<String, String> server(
      int port, Path installation, Path catalogs, Path access) {
    String address = "127.0.0.1";
    return Map.ofEntries(
        Map.entry("coordinator", "true"),
        Map.entry("node-scheduler.include-coordinator", "true"),
        Map.entry("node.environment", "local"),
        Map.entry("node.id", "tidemark"),
        Map.entry("node.bind-ip", address),
        // Without it every scan looks for the machine by its name, in vain on some.
        Map.entry("node.internal-address", address),
        Map.entry(PORT, Integer.toString(port)),
        Map.entry("discovery.uri", "http://%s:%d".formatted(address, port)),
        Map.entry("http-server.log.enabled", "false"),
        Map.entry("query.max-memory", "512MB"),
        Map.entry("query.max-memory-per-node", "512MB"),
        Map.entry("memory.heap-headroom-per-node", "256MB"),
        Map.entry("plugin.dir", installation.resolve("plugin").toString()),
        Map.entry("catalog.config-dir", catalogs.toString()),
        Map.entry("access-control.config-files", access.toString()));
  }

  private Map<String, String> iceberg(String catalog) {
    return Map.ofEntries(
        Map.entry("connector.name", "iceberg"),
        Map.entry("iceberg.catalog.type", "jdbc"),
        Map.entry("iceberg.jdbc-catalog.driver-class", "org.sqlite.JDBC"),
        Map.entry("iceberg.jdbc-catalog.connection-url", catalog),
        // Asked for, though a file knows no users.
        Map.entry("iceberg.jdbc-catalog.connection-user", "none"),
        Map.entry("iceberg.jdbc-catalog.connection-password", "none"),
        Map.entry("iceberg.jdbc-catalog.catalog-name", "lake"),
        Map.entry("iceberg.jdbc-catalog.schema-version", "V1"),
        Map.entry("iceberg.jdbc-catalog.default-warehouse-dir", location(warehouse())),
        // The rules alone would let anybody compact a table and expire its history.
        Map.entry("iceberg.security", "read-only"),
        Map.entry("fs.hadoop.enabled", "true"));
  }

  private Map<String, String> delta() {
    return Map.of(
        "connector.name",
        "delta_lake",
        "hive.metastore",
        "file",
        "hive.metastore.catalog.dir",
        location(metastore()),
        "delta.security",
        "read-only",
        "fs.hadoop.enabled",
        "true",
        // What is kept is told apart by version alone: of a table that was dropped and made again,
        // the rows of the old one would be read.
        "delta.metadata.cache-ttl",
        "0s",
        "delta.metadata.live-files.cache-ttl",
        "0s");
  }

  Path warehouse() {
    return lake.resolve("warehouse");
  }

  /** As Trino takes locations: nothing in it is encoded. */
  static String location(Path path) {
    return "file://" + path;
  }

  /** As bytes: Java reads such a file in Latin-1, and so writes it. */
  private static void store(Path file, Map<String, String> values) throws IOException {
    Properties properties = new Properties();
    properties.putAll(values);
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
  }
}
