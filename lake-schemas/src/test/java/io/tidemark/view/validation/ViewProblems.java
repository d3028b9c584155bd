package io.tidemark.view.validation;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.Problems;
import io.tidemark.table.TestLake;
import io.tidemark.view.Readings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What validation finds wrong with a pipeline, or with one view of {@link Readings}. */
final class ViewProblems implements AutoCloseable {
  private final TestLake lake;
  private final Readings readings;

  private ViewProblems(TestLake lake, Readings readings) {
    this.lake = lake;
    this.readings = readings;
  }

  static ViewProblems in(Path folder) {
    return new ViewProblems(TestLake.in(folder), new Readings(folder));
  }

  List<String> of(Pipeline pipeline) {
    Problems problems = new Problems();
    ViewValidation.check(lake.spark(), pipeline, problems);
    return problems.list().stream().map(Problems.Problem::toString).toList();
  }

  /** Of a view whose key is its window and site. */
  List<String> of(String sql) throws IOException {
    return withKey(sql, "window_start", "site");
  }

  List<String> withKey(String sql, String... key) throws IOException {
    return of(readings.pipeline(readings.view(sql, key)));
  }

  @Override
  public void close() {
    lake.close();
  }
}
