package io.tidemark.local;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Options as they are typed into a shell, to go on with.
 *
 * @param pipeline its folder, if it is not the one that verbs take by default
 */
public record VerbOptions(Path lake, Optional<Path> pipeline) {

  /** Of a verb that works on a lake. */
  public String ofLake() {
    return "--lake " + quoted(lake);
  }

  /** Of a verb that works on a pipeline in a lake. */
  public String ofPipeline() {
    return ofLake() + pipeline.map(folder -> " --pipeline " + quoted(folder)).orElse("");
  }

  private static String quoted(Path path) {
    String text = path.toString();
    return text.matches("[\\w./+-]+") ? text : "'" + text.replace("'", "'\\''") + "'";
  }
}
