package io.tidemark.local;

import io.tidemark.pipeline.Environment;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** Where things are in a lake that is a folder of this machine. */
public final class LocalEnvironment {
  private LocalEnvironment() {}

  /** Of no network: what another lake's broker may listen on by now must not be this one's. */
  private static final String NOBODY = "not-running.invalid";

  /** What is there before a broker and a registry are, and after: enough to open Spark. */
  public static Environment withoutServers(Path lake) {
    return of(
        lake,
        NOBODY + ":9092",
        Registry.keepsSchemasOf(lake)
            ? URI.create("http://" + NOBODY)
            : lake.resolve("registry").toUri());
  }

  public static Environment of(Path lake, String brokers, URI registry) {
    return new Environment(
        brokers,
        registry,
        lake.resolve("warehouse").toUri(),
        lake.resolve("checkpoints").toUri(),
        Map.of(
            "type",
            "jdbc",
            "uri",
            "jdbc:sqlite:%s?busy_timeout=30000&journal_mode=WAL"
                .formatted(lake.resolve("catalog.db")),
            "jdbc.schema-version",
            "V1"),
        Map.of(),
        Map.of());
  }
}
