package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.pipeline.Problems;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ViewValidationTest {
  @TempDir private static Path folder;
  private static TestLake lake;

  @BeforeAll
  static void open() {
    lake = TestLake.in(folder);
  }

  @AfterAll
  static void close() {
    lake.close();
  }

  private List<String> problems(Pipeline pipeline) {
    Problems problems = new Problems();
    ViewValidation.check(lake.spark(), pipeline, problems);
    return problems.list().stream().map(Problems.Problem::toString).toList();
  }

  private List<String> problems(String sql) throws IOException {
    Readings readings = new Readings(folder);
    return problems(readings.pipeline(readings.view(sql, "window_start", "site")));
  }

  /** A view with one measure, on line 4. */
  private static String measure(String measure) {
    return """
        SELECT
          window.start AS window_start,
          site,
          %s AS measure
        FROM readings
        GROUP BY window(event_time, '1 hour'), site
        """
        .formatted(measure);
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

  @Test
  void the_retail_views_have_no_problem() {
    assertThat(problems(PipelineFile.read(InvoiceLines.RETAIL))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "count(*)",
        "count_if(is_valid)",
        "sum(small)",
        "sum(price)",
        "sum(small * price)",
        "sum(CAST(large AS DECIMAL(20, 0)))",
        "avg(price)",
        "max(rough)",
        "bool_or(is_valid)",
        "approx_count_distinct(correlation_id)",
        "max(CAST(small AS BIGINT) * 100 + 1)",
        "sum(try_add(small, 1))",
        "sum(try_cast(try_divide(price, price) AS DECIMAL(29, 9)))",
        "sum(small % 10)",
        "max(try_cast(tenant_id AS INT))",
        "max(CAST(event_time AS DATE))",
        "max(to_date(event_time))",
        "max(try_element_at(labels, 1))",
        "sum(price) / 100",
        "max(date_trunc('DAY', event_time))"
      })
  void a_measure_that_cannot_fail_is_taken(String measure) throws IOException {
    assertThat(problems(measure(measure))).isEmpty();
  }

  static Stream<Arguments> refusedMeasures() {
    return Stream.of(
        arguments("max(current_timestamp())", "use current_timestamp", "event_time"),
        arguments("max(current_timestamp)", "use current_timestamp", "event_time"),
        arguments("max(now())", "use now", "event_time"),
        arguments("max(current_date())", "use current_date", "event_time"),
        arguments("max(localtimestamp())", "use localtimestamp", "event_time"),
        arguments("max(unix_timestamp())", "use unix_timestamp", "event_time"),
        arguments("max(rand())", "use rand", "hash(event_id)"),
        arguments("max(randn())", "use randn", "hash(event_id)"),
        arguments("max(uuid())", "use uuid", "hash(event_id)"),
        arguments("max(shuffle(labels))", "use shuffle", "hash(event_id)"),
        arguments("max(monotonically_increasing_id())", "use monotonically_increasing_id", "hash"),
        arguments("max(current_user())", "use current_user", "event's fields"),
        arguments("first(small)", "use first", "max or min"),
        arguments("last_value(small)", "use last_value", "max or min"),
        arguments("any_value(small)", "use any_value", "max or min"),
        arguments("max_by(small, large)", "use max_by", "max or min"),
        arguments("mode(small)", "use mode", "max or min"),
        arguments("size(collect_list(small))", "use collect_list", "max or min"),
        arguments("size(collect_set(small))", "use collect_set", "max or min"),
        arguments("size(array_agg(small))", "use array_agg", "max or min"),
        arguments("listagg(site)", "use listagg", "max or min"),
        arguments("count(DISTINCT small)", "use count(DISTINCT …)", "approx_count_distinct"),
        arguments("sum(DISTINCT small)", "use sum(DISTINCT …)", "approx_count_distinct"),
        arguments("sum(rough)", "sum DOUBLE readings.rough", "DECIMAL"),
        arguments("avg(rough)", "average DOUBLE readings.rough", "DECIMAL"),
        arguments("avg(small)", "average INT readings.small", "sum and count"),
        arguments("stddev(small)", "use stddev", "use count"),
        arguments("sum(large)", "sum BIGINT readings.large", "DECIMAL(20, 0)"),
        arguments("try_sum(large)", "sum BIGINT readings.large", "DECIMAL(20, 0)"),
        arguments("sum(huge)", "sum DECIMAL(38,2)", "at most 29 digits"),
        arguments("sum(small + 1)", "evaluate (readings.small + 1)", "try_add"),
        arguments(
            "sum(small - small)", "evaluate (readings.small - readings.small)", "try_subtract"),
        arguments(
            "sum(small * small)", "evaluate (readings.small * readings.small)", "try_multiply"),
        arguments("sum(-small)", "evaluate (- readings.small)", "wider type"),
        arguments("max(abs(large))", "evaluate abs(readings.large)", "wider type"),
        arguments("max(price / small)", "divisor may be zero", "try_divide"),
        arguments("max(small % small)", "divisor may be zero", "try_mod"),
        arguments("max(small div small)", "divisor may be zero", "try_divide"),
        arguments("max(CAST(tenant_id AS INT))", "not every STRING is a INT", "try_cast"),
        arguments("max(CAST(large AS INT))", "not every BIGINT is a INT", "try_cast"),
        arguments("max(CAST(rough AS DECIMAL(10, 2)))", "not every DOUBLE", "try_cast"),
        arguments("max(to_date(tenant_id))", "not every STRING is a DATE", "try_cast"),
        arguments("max(to_date(tenant_id, 'yyyy'))", "raises an error on some values", "try_"),
        arguments("max(to_timestamp(tenant_id))", "not every STRING is a TIMESTAMP", "try_cast"),
        arguments("max(to_timestamp(tenant_id, 'yyyy'))", "raises an error", "try_"),
        arguments("max(make_date(small, 1, 1))", "use make_date", "try_"),
        arguments("max(element_at(labels, small))", "raises an error", "try_element_at"),
        arguments("max(labels[small])", "raises an error", "try_"),
        arguments("max(huge * huge)", "may not fit", "try_multiply"),
        arguments("max(raise_error('no'))", "use raise_error", "try_"),
        arguments("max(no_such_function(small))", "`no_such_function`", ""),
        arguments("max(no_such_column)", "`no_such_column`", ""),
        arguments("max(small) OVER (PARTITION BY site)", "use OVER", "group by a window"),
        arguments("(SELECT max(area) FROM sites)", "use a sub-query", "JOIN the dimension"),
        arguments("max(1", "Cannot understand the SQL", ""));
  }

  @ParameterizedTest
  @MethodSource("refusedMeasures")
  void a_measure_is_refused_with_its_line_and_the_remedy(String measure, String what, String remedy)
      throws IOException {
    assertThat(problems(measure(measure)))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("by_site.sql:4: by_site: Cannot ")
                    .contains(what)
                    .contains(remedy));
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
            "no positive number",
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
            "FROM readings\nJOIN nowhere USING (site)" + grouped,
            6,
            "read the table nowhere",
            "pipeline.yaml"),
        arguments(
            "FROM readings\nJOIN (VALUES ('a')) AS v(site) USING (site)" + grouped,
            6,
            "read these rows",
            "pipeline.yaml"),
        arguments("FROM sites" + grouped, 1, "find events", "FROM"),
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
  void a_source_or_clause_is_refused_with_its_line_and_the_remedy(
      String from, int line, String what, String remedy) throws IOException {
    assertThat(problems(from(from)))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("by_site.sql:%d: by_site: Cannot ".formatted(line))
                    .contains(what)
                    .contains(remedy));
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
  void a_dimension_multiplies_no_event_and_changes_no_number(
      String measure, String join, String what, String remedy) throws IOException {
    assertThat(problems(joined(measure, join)))
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains(what).contains(remedy));
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

  @Test
  void a_dimension_joined_by_its_key_shows_its_attributes_under_max() throws IOException {
    assertThat(problems(joined("max(region)", "LEFT JOIN sites ON sites.site = readings.site")))
        .isEmpty();
  }

  private List<String> problemsOfKey(String columns, String groups, String... key)
      throws IOException {
    Readings readings = new Readings(folder);
    String sql = "SELECT %s\nFROM readings\nGROUP BY %s".formatted(columns, groups);
    return problems(readings.pipeline(readings.view(sql, key)));
  }

  @Test
  void the_key_is_every_grouping_column_and_no_other() throws IOException {
    String columns =
        "window.start AS window_start, window.end AS window_end, site AS place, count(*) AS n";
    String groups = "window(event_time, '1 hour'), site";

    assertThat(problemsOfKey(columns, groups, "window_start", "place")).isEmpty();
    assertThat(problemsOfKey(columns, groups, "window_start"))
        .containsExactly(
            "by_site.sql:1: by_site: Cannot leave place out of the key: rows of different place would replace each other. Remedy: make the view's key [window_start, place].");
    assertThat(problemsOfKey(columns, groups, "window_start", "place", "n"))
        .containsExactly(
            "by_site.sql:1: by_site: Cannot take n as a key column: it is no grouping column, and a value that changes would leave the old row behind. Remedy: make the view's key [window_start, place].");
    assertThat(problemsOfKey(columns, groups, "window_start", "place", "site"))
        .singleElement()
        .satisfies(problem -> assertThat(problem).contains("Cannot find the key column site"));
  }

  @Test
  void the_columns_are_such_that_a_table_can_have_them() throws IOException {
    String groups = "window(event_time, '1 hour'), site";

    assertThat(problemsOfKey("window.start AS started, site, count(*) AS n", groups, "site"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot find the column window_start"));
    assertThat(problemsOfKey("window.start AS window_start, count(*) AS n", groups, "window_start"))
        .singleElement()
        .satisfies(
            problem -> assertThat(problem).startsWith("by_site.sql:3: by_site: Cannot group by"));
    assertThat(
            problemsOfKey(
                "window.start AS window_start, site, max(site) AS site, count(*) AS date, count(*) AS _n, count(*)",
                groups,
                "window_start",
                "site"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name two columns site"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a column date"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a column _n"))
        .anySatisfy(problem -> assertThat(problem).contains("Cannot name a column count(1)"));
  }

  @Test
  void a_named_sub_query_is_read_like_any_other() throws IOException {
    assertThat(
            problems(
                """
                WITH valid AS (SELECT event_time, site FROM readings WHERE is_valid)
                SELECT window.start AS window_start, site, count(*) AS n
                FROM valid GROUP BY window(event_time, '1 hour'), site
                """))
        .isEmpty();
  }

  @Test
  void all_problems_of_a_view_are_told_at_once() throws IOException {
    assertThat(
            problems(
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
