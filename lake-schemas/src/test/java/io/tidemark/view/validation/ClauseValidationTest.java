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

class ClauseValidationTest {
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

  /** A view whose FROM and what follows are on lines 5 and on. */
  private static String from(String from) {
    return """
        SELECT
          window.start AS window_start,
          site,
          count(*) AS readings
        %s
        """
        .formatted(from);
  }

  static Stream<Arguments> refusedSources() {
    String grouped = " GROUP BY window(event_time, '1 hour'), site";
    return Stream.of(
        arguments("FROM readings GROUP BY site", 1, "find a window", "window(event_time"),
        arguments(
            "FROM readings GROUP BY window(event_time, '1 hour'), window(event_time, '2 hours'), site",
            5,
            "use a second window",
            "second view"),
        arguments(
            "FROM readings GROUP BY session_window(event_time, '1 hour'), site",
            5,
            "use session_window",
            "window(event_time"),
        arguments(
            "FROM readings\nGROUP BY window(event_time + INTERVAL 1 HOUR, '1 hour'), site",
            6,
            "loses the watermark",
            "window(event_time"),
        arguments(
            "FROM readings\nGROUP BY window(event_time, '1 hour', '1 hour', '15 minutes'), site",
            6,
            "start offset",
            "window(event_time"),
        arguments(
            "FROM readings\nGROUP BY window(event_time, '1 month'), site",
            6,
            "not a positive number",
            "window(event_time"),
        arguments(
            "FROM readings\nGROUP BY window(event_time, '15 minutes', '1 hour'), site",
            6,
            "slide is longer",
            "window(event_time"),
        arguments(
            "FROM readings" + grouped + "\nHAVING count(*) > 1",
            6,
            "use HAVING",
            "where the view is read"),
        arguments(
            "FROM readings" + grouped + "\nORDER BY site",
            6,
            "use ORDER BY",
            "where the view is read"),
        arguments(
            "FROM readings" + grouped + "\nLIMIT 1", 6, "use LIMIT", "where the view is read"),
        arguments(
            "FROM readings" + grouped + "\nOFFSET 1",
            6,
            "use LIMIT or OFFSET",
            "where the view is read"),
        arguments(
            "FROM readings" + grouped + "\nUNION ALL SELECT window_start, site, 1 FROM sites",
            1,
            "use UNION",
            "one view for each"),
        arguments(
            "FROM (SELECT DISTINCT * FROM readings)" + grouped,
            5,
            "use SELECT DISTINCT",
            "GROUP BY"),
        arguments(
            "FROM (SELECT event_time, site, count(*) FROM readings GROUP BY event_time, site)"
                + grouped,
            5,
            "aggregate twice",
            "one GROUP BY"),
        arguments(
            "FROM readings TABLESAMPLE (10 PERCENT)" + grouped,
            5,
            "use TABLESAMPLE",
            "hash(event_id)"),
        arguments(
            "FROM readings\nJOIN readings AS others USING (event_id)" + grouped,
            6,
            "read events twice",
            "read them once"),
        arguments(
            "FROM readings\nJOIN (VALUES ('a')) AS v(site) USING (site)" + grouped,
            6,
            "read these rows",
            "pipeline.yaml"),
        arguments("FROM sites" + grouped, 1, "find the events", "FROM"),
        arguments(
            "FROM sites\nRIGHT JOIN readings USING (site)" + grouped,
            6,
            "use a RIGHT or FULL join",
            "LEFT JOIN"),
        arguments(
            "FROM readings GROUP BY ROLLUP (window(event_time, '1 hour'), site)",
            5,
            "use GROUPING SETS",
            "one view for each"));
  }

  @ParameterizedTest
  @MethodSource("refusedSources")
  void aSourceOrClauseIsRefusedWithItsLineAndTheRemedy(
      String from, int line, String what, String remedy) throws IOException {
    assertThat(problems.of(from(from)))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("by_site.sql:%d: by_site: Cannot ".formatted(line))
                    .contains(what)
                    .contains(remedy));
  }

  @Test
  void aMisspeltNameIsOneProblemWithTheNameThatIsMeant() throws IOException {
    String sql =
        """
        SELECT window.start AS window_start, site, sum(small) AS n
        FROM readings
        JOIN sites USING (site)
        GROUP BY window(event_time, '1 hour'), site
        """;

    assertThat(problems.of(sql)).isEmpty();
    assertThat(problems.of(sql.replace("readings", "reading")))
        .containsExactly(
            "by_site.sql:2: by_site: Unknown table 'reading'. Did you mean 'readings'? The pipeline has the events table readings and the dimension sites.");
    assertThat(problems.of(sql.replace("sites", "nowhere")))
        .containsExactly(
            "by_site.sql:3: by_site: Unknown table 'nowhere'. The pipeline has the events table readings and the dimension sites.");
    assertThat(problems.of(sql.replace("sum(", "summ(")))
        .containsExactly("by_site.sql:1: by_site: Unknown function 'summ'. Did you mean 'sum'?");
    assertThat(problems.of(sql.replace("sum(", "no_such_function(")))
        .containsExactly("by_site.sql:1: by_site: Unknown function 'no_such_function'.");
  }

  @Test
  void aNamedSubQueryIsReadLikeAnyOther() throws IOException {
    assertThat(
            problems.of(
                """
                WITH valid AS (SELECT event_time, site FROM readings WHERE is_valid)
                SELECT window.start AS window_start, site, count(*) AS n
                FROM valid GROUP BY window(event_time, '1 hour'), site
                """))
        .isEmpty();
  }
}
