package io.tidemark.local;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Tells Trino's file metastore which Delta tables there are: those that have a log in the
 * warehouse. Trino reads the metastore's files with every query.
 */
final class DeltaRegister {
  /** As names of the lake's tables are; Trino could not ask for others. */
  private static final String NAME = "[a-z][a-z0-9_]*";

  private static final String ENTRY = ".trinoSchema";
  private static final String SCHEMA =
      """
      {"writerVersion": "%s", "ownerName": "tidemark", "ownerType": "USER", "parameters": {}}
      """;
  private static final String TABLE =
      """
      {
        "writerVersion": "%2$s",
        "owner": "tidemark",
        "tableType": "EXTERNAL_TABLE",
        "dataColumns": [],
        "partitionColumns": [],
        "parameters": {"location": %1$s, "spark.sql.sources.provider": "DELTA", "EXTERNAL": "TRUE"},
        "storageFormat": "SEQUENCEFILE",
        "serdeParameters": {"path": %1$s},
        "externalLocation": %1$s,
        "columnStatistics": {}
      }
      """;

  private final Path warehouse;
  private final Path metastore;
  private final String version;

  /**
   * @param version of the Trino that reads it, which takes files of no other
   */
  DeltaRegister(Path warehouse, Path metastore, String version) {
    this.warehouse = warehouse;
    this.metastore = metastore;
    this.version = version;
  }

  /** Enters the tables that are new, strikes out those that are gone. */
  void update() throws IOException {
    Set<Path> present = tables(warehouse, DeltaRegister::hasCommit);
    Set<Path> entered = tables(metastore, folder -> Files.exists(folder.resolve(ENTRY)));
    for (Path table : present) {
      if (!entered.contains(table)) {
        enter(table);
      }
    }
    for (Path table : entered) {
      if (!present.contains(table)) {
        FileTree.delete(metastore.resolve(table));
      }
    }
    for (Path schema : folders(metastore)) {
      if (present.stream().noneMatch(table -> table.startsWith(schema.getFileName()))) {
        Files.deleteIfExists(schemaFile(schema.getFileName()));
        FileTree.delete(schema);
      }
    }
  }

  /** A schema is a file beside its folder, a table a file within its folder. */
  private void enter(Path table) throws IOException {
    Path folder = Files.createDirectories(metastore.resolve(table));
    String location = quoted(TrinoFiles.location(warehouse.resolve(table)));
    write(TABLE.formatted(location, version), folder.resolve(ENTRY));
    write(SCHEMA.formatted(version), schemaFile(table.getParent()));
  }

  private Path schemaFile(Path schema) {
    return metastore.resolve("." + schema + ENTRY);
  }

  /** Whole or not at all: Trino may be reading. */
  private static void write(String text, Path file) throws IOException {
    Path unfinished = file.resolveSibling(".unfinished");
    Files.writeString(unfinished, text);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Folders {@code schema/table} below the root, named so. */
  private static Set<Path> tables(Path root, Predicate<Path> isTable) throws IOException {
    Set<Path> tables = new TreeSet<>();
    for (Path schema : folders(root)) {
      for (Path table : folders(schema)) {
        if (isTable.test(table)) {
          tables.add(root.relativize(table));
        }
      }
    }
    return tables;
  }

  private static Set<Path> folders(Path root) throws IOException {
    Set<Path> folders = new TreeSet<>();
    if (Files.isDirectory(root)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(root)) {
        for (Path entry : entries) {
          if (entry.getFileName().toString().matches(NAME) && Files.isDirectory(entry)) {
            folders.add(entry);
          }
        }
      }
    }
    return folders;
  }

  /** A folder alone is of a table that is being made, or was given up. */
  private static boolean hasCommit(Path table) {
    try (DirectoryStream<Path> log =
        Files.newDirectoryStream(table.resolve("_delta_log"), "[0-9]*.json")) {
      return log.iterator().hasNext();
    } catch (IOException none) {
      return false;
    }
  }

  /** As JSON has it; a lake may be in a folder of any name. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append("\\u%04x".formatted((int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
