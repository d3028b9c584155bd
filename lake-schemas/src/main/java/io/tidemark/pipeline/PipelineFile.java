package io.tidemark.pipeline;

import java.nio.file.Path;
import java.util.Optional;

/** Reads {@code pipeline.yaml} and the SQL files beside it. */
public final class PipelineFile {
  private PipelineFile() {}

  /**
   * @param folder the pipeline's folder, or its {@code pipeline.yaml}
   * @throws InvalidConfigurationException naming every problem with its line
   */
  public static Pipeline read(Path folder) {
    return read(document(folder));
  }

  /**
   * Reads as far as that goes, for whoever wants to find more problems than the file's own. Events,
   * dimensions and views that have a problem are left out.
   *
   * @return empty if so much is wrong that nothing can be said about the views
   */
  public static Optional<Pipeline> inspect(Path folder, Problems problems) {
    Document document = document(folder);
    try {
      Pipeline pipeline = Pipeline.of(document.root(), document.resolve("."));
      boolean hasSources =
          document.problems().list().stream()
              .noneMatch(problem -> problem.key().matches("(name|events|dimensions).*"));
      return hasSources ? Optional.of(pipeline) : Optional.empty();
    } catch (InvalidConfigurationException e) {
      return Optional.empty();
    } finally {
      problems.addAll(document.problems().list());
    }
  }

  static Pipeline read(Document document) {
    Pipeline pipeline = Pipeline.of(document.root(), document.resolve("."));
    document.problems().refuse();
    return pipeline;
  }

  private static Document document(Path folder) {
    return Document.of(
        folder.toString().endsWith(".yaml") ? folder : folder.resolve("pipeline.yaml"));
  }
}
