package io.tidemark.local.demo;

import io.tidemark.local.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The folder that a demo makes its lake in. */
record LakeFolder(Path path) {
  /**
   * What the verbs make in it. Nothing else is ever deleted: somebody may have named the wrong
   * folder.
   */
  private static final List<String> CONTENT =
      List.of(
          "environment.yaml",
          "warehouse",
          "checkpoints",
          "catalog.db",
          "catalog.db-shm",
          "catalog.db-wal",
          "kafka",
          "registry",
          "input");

  boolean isUsed() {
    return CONTENT.stream().map(path::resolve).anyMatch(Files::exists);
  }

  Path input() {
    return path.resolve("input");
  }

  /** Deletes the lake, but not its logs. */
  void clear() throws IOException {
    for (String name : CONTENT) {
      FileTree.delete(path.resolve(name));
    }
  }
}
