package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ColumnValidationTest {
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

  private static List<String> problemsOfKey(String columns, String groups, String... key)
      throws IOException {
    String sql = "SELECT %s\nFROM readings\nGROUP BY %s".formatted(columns, groups);
    return problems.withKey(sql, key);
  }

  @Test
  void theKeyIsEveryGroupingColumnAndNoOther() throws IOException {
    String columns =
        "window.start AS window_start, window.end AS window_end, site AS place, count(*) AS n";
    String groups = "window(event_time, '1 hour'), site";

    assertThat(problemsOfKey(columns, groups, "window_start", "place")).isEmpty();
    assertThat(problemsOfKey(columns, groups, "window_start"))
        .containsExactly(
            "by_site.sql:1: by_site: Cannot leave place out of the key: rows that differ in 'place' would replace each other. Remedy: make the view's key [window_start, place].");
    assertThat(problemsOfKey(columns, groups, "window_start", "place", "n"))
        .containsExactly(
            "by_site.sql:1: by_site: Cannot take n as a key column: it is not a grouping column, and a value that changes would leave the old row behind. Remedy: make the view's key [window_start, place].");
    assertThat(problemsOfKey(columns, groups, "window_start", "place", "site"))
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains("Cannot find the key column site"));
  }

  @Test
  void theColumnsAreSuchThatATableCanHaveThem() throws IOException {
    String groups = "window(event_time, '1 hour'), site";

    assertThat(problemsOfKey("window.start AS started, site, count(*) AS n", groups, "site"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot find the column window_start"));
    assertThat(problemsOfKey("window.start AS window_start, count(*) AS n", groups, "window_start"))
        .singleElement()
        .satisfies(
            problem -> assertThat(problem).startsWith("by_site.sql:3: by_site: Cannot group by"));
    assertThat(
            problemsOfKey(
                "window.start AS window_start, site, max(site) AS site, count(*) AS date, count(*) AS _n",
                groups,
                "window_start",
                "site"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name two columns site"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a column date"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a column _n"));
  }

  @Test
  void anExpressionWithoutANameIsOneProblemAsItIsWrittenAndInItsLine() throws IOException {
    String remedy =
        " it has no name. Remedy: give it one with AS; if the view groups by it, list that name in the view's key.";

    assertThat(
            problemsOfKey(
                "window.start AS window_start,\nupper( site ),\ncount(*)",
                "window(event_time, '1 hour'), upper(site)",
                "window_start",
                "site"))
        .containsExactly(
            "by_site.sql:2: by_site: Cannot make a column of upper( site ):" + remedy,
            "by_site.sql:3: by_site: Cannot make a column of count(*):" + remedy);
  }
}
