package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DimensionValidationTest {
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

  private static String joined(String measure, String join) {
    return """
        SELECT window.start AS window_start, readings.site, %s AS measure
        FROM readings
        %s
        GROUP BY window(event_time, '1 hour'), readings.site
        """
        .formatted(measure, join);
  }

  static Stream<Arguments> refusedDimensions() {
    return Stream.of(
        arguments(
            "count(*)",
            "LEFT JOIN sites ON sites.region = readings.site",
            "join sites",
            "ON sites.site = …"),
        arguments("count(*)", "CROSS JOIN sites", "join sites", "ON sites.site = …"),
        arguments(
            "count(*)",
            "LEFT JOIN sites ON upper(sites.site) = readings.site",
            "join sites",
            "ON sites.site = …"),
        arguments(
            "count(*)",
            "LEFT JOIN sites ON sites.site = readings.site AND sites.area > 1",
            "join by a dimension's attribute",
            "under max"),
        arguments(
            "count(*)",
            "JOIN sites ON sites.site = readings.site WHERE area > 1",
            "filter by a dimension's attribute",
            "under max"),
        arguments(
            "sum(area)",
            "JOIN sites ON sites.site = readings.site",
            "aggregate sum(sites.area)",
            "under max"),
        arguments(
            "count(*) FILTER (WHERE area > 1)",
            "JOIN sites ON sites.site = readings.site",
            "aggregate count(1)",
            "under max"),
        arguments(
            "sum(IF(region = 'x', small, 0))",
            "JOIN sites ON sites.site = readings.site",
            "aggregate sum(",
            "under max"));
  }

  @ParameterizedTest
  @MethodSource("refusedDimensions")
  void aDimensionMultipliesNoEventAndChangesNoNumber(
      String measure, String join, String what, String remedy) throws IOException {
    assertThat(problems.of(joined(measure, join)))
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains(what).contains(remedy));
  }

  @Test
  void aDimensionJoinedByItsKeyShowsItsAttributesUnderMax() throws IOException {
    assertThat(problems.of(joined("max(region)", "LEFT JOIN sites ON sites.site = readings.site")))
        .isEmpty();
  }
}
