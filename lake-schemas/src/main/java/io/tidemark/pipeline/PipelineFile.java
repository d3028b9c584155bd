package io.tidemark.pipeline;

import java.nio.file.Path;

/** Reads {@code pipeline.yaml} and the SQL files beside it. */
public final class PipelineFile {
  private PipelineFile() {}

  /**
   * @param folder the pipeline's folder, or its {@code pipeline.yaml}
   * @throws InvalidConfigurationException naming every problem with its line
   */
  public static Pipeline read(Path folder) {
    Path file =
        folder.getFileName().toString().endsWith(".yaml")
            ? folder
            : folder.resolve("pipeline.yaml");
    return read(Document.of(file));
  }

  static Pipeline read(Document document) {
    Pipeline pipeline = Pipeline.of(document.root(), document.resolve("."));
    document.problems().refuse();
    return pipeline;
  }
}
