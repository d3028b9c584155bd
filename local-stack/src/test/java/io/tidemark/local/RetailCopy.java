package io.tidemark.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/** The reference pipeline in a folder of a test's own, with a change. */
public final class RetailCopy {
  private static final Path RETAIL = Path.of("..", "conf", "retail");

  private RetailCopy() {}

  /**
   * @param change of the text of {@code pipeline.yaml}; must change something
   */
  public static Path in(Path folder, UnaryOperator<String> change) throws IOException {
    Files.createDirectories(folder.resolve("views"));
    try (var views = Files.list(RETAIL.resolve("views"))) {
      for (Path view : views.toList()) {
        Files.copy(view, folder.resolve("views").resolve(view.getFileName()));
      }
    }
    String schemas = Path.of("..", "lake-schemas").toAbsolutePath().normalize().toString();
    String text = Files.readString(RETAIL.resolve("pipeline.yaml"));
    String changed = change.apply(text);
    if (changed.equals(text)) {
      throw new IllegalArgumentException("Cannot change the reference pipeline: nothing to change");
    }
    Files.writeString(
        folder.resolve("pipeline.yaml"), changed.replace("../../lake-schemas", schemas));
    return folder;
  }
}
