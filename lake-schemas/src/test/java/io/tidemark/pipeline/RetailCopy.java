package io.tidemark.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * The reference pipeline in a folder of a test's own, to be changed there.
 *
 * @param folder which is what {@code --pipeline} takes
 */
public record RetailCopy(Path folder) {
  public static final Path ORIGINAL = Path.of("..", "conf", "retail").toAbsolutePath().normalize();

  public static RetailCopy in(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(ORIGINAL.resolve("pipeline.yaml"), folder.resolve("pipeline.yaml"));
    copy("schemas", folder);
    copy("views", folder);
    return new RetailCopy(folder);
  }

  private static void copy(String kind, Path folder) throws IOException {
    Files.createDirectory(folder.resolve(kind));
    try (var files = Files.list(ORIGINAL.resolve(kind))) {
      for (Path file : files.toList()) {
        Files.copy(file, folder.resolve(kind).resolve(file.getFileName()));
      }
    }
  }

  /**
   * @param file of the copy, for example {@code views/sales_sliding.sql}
   * @param change of its text; must change something
   */
  public RetailCopy change(String file, UnaryOperator<String> change) throws IOException {
    String text = Files.readString(folder.resolve(file));
    String changed = change.apply(text);
    if (changed.equals(text)) {
      throw new IllegalArgumentException("Cannot change %s: nothing to change".formatted(file));
    }
    Files.writeString(folder.resolve(file), changed);
    return this;
  }
}
