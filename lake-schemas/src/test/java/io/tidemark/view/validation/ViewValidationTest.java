package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.PipelineFile;
import io.tidemark.view.InvoiceLines;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewValidationTest {
  @TempDir private static Path folder;
  private static ViewProblems problems;

  @BeforeAll
  static void open() {
    problems = ViewProblems.in(folder);
  }

  @AfterAll
  static void close() {
    problems.close();
  }

  @Test
  void theRetailViewsHaveNoProblem() {
    assertThat(problems.of(PipelineFile.read(InvoiceLines.RETAIL))).isEmpty();
  }

  @Test
  void allProblemsOfAViewAreToldAtOnce() throws IOException {
    assertThat(
            problems.of(
                """
                SELECT
                  window.start AS window_start,
                  site,
                  first(small) AS a,
                  max(rand()) AS b
                FROM readings
                GROUP BY window(event_time, '1 hour'), site
                ORDER BY site
                """))
        .hasSize(3);
  }
}
