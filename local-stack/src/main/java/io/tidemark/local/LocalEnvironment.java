package io.tidemark.local;

import io.tidemark.pipeline.Environment;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;

/** Where things are in a lake that is a folder of this machine. */
public final class LocalEnvironment {
  private LocalEnvironment() {}

  /** What is there before a broker and a registry are: enough to open Spark. */
  public static Environment withoutServers(Path lake) {
    return of(lake, "", lake.resolve("registry").toUri());
  }

  public static Environment of(Path lake, String brokers, URI registry) {
    URI warehouse = lake.resolve("warehouse").toUri();
    return new Environment(
        brokers,
        registry,
        warehouse,
        lake.resolve("checkpoints").toUri(),
        Map.of(
            "type",
            "jdbc",
            "uri",
            "jdbc:sqlite:%s?busy_timeout=30000&journal_mode=WAL"
                .formatted(lake.resolve("catalog.db")),
            "jdbc.schema-version",
            "V1",
            "warehouse",
            warehouse.toString()),
        Map.of(),
        Map.of());
  }
}
