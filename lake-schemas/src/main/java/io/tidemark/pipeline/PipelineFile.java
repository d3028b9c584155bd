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
    throw new UnsupportedOperationException();
  }
}
