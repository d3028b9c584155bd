package io.tidemark.view;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;

/** The views of the retail pipeline, as its files define them. */
final class RetailViews {
  private RetailViews() {}

  static View named(String name) {
    Pipeline pipeline = PipelineFile.read(InvoiceLines.RETAIL);
    return pipeline.views().stream()
        .filter(definition -> definition.name().equals(name))
        .map(definition -> View.of(definition, pipeline))
        .findFirst()
        .orElseThrow();
  }
}
