package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MeasureValidationTest {
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
        "max(try_cast(tenant_id AS DATE))",
        "max(CAST(try_cast(tenant_id AS TIMESTAMP_NTZ) AS TIMESTAMP))",
        "max(CAST(event_time AS DATE))",
        "max(to_date(event_time))",
        "max(try_element_at(labels, 1))",
        "max(try_element_at(labels, -1))",
        "max(get(labels, small))",
        "max(round(rough, 2))",
        "max(round(price, -2))",
        "max(site LIKE '100#%%' ESCAPE '#')",
        "max(site LIKE '100\\\\%%')",
        "sum(price) / 100",
        "max(date_trunc('DAY', event_time))",
        "max(TIMESTAMP 'epoch')",
        "count_if(site = 'today')",
        "count_if(event_time > TIMESTAMP '2024-01-01 12:30:00')"
      })
  void aMeasureThatCannotFailIsTaken(String measure) throws IOException {
    assertThat(problems.of(measure(measure))).isEmpty();
  }

  static Stream<Arguments> refusedMeasures() {
    return Stream.of(
        arguments("max(current_timestamp())", "use current_timestamp", "event_time"),
        arguments("max(current_timestamp)", "use current_timestamp", "event_time"),
        arguments("max(now())", "use now", "event_time"),
        arguments("max(current_date())", "use current_date", "event_time"),
        arguments("max(localtimestamp())", "use localtimestamp", "event_time"),
        arguments("max(unix_timestamp())", "use unix_timestamp", "event_time"),
        arguments("max(TIMESTAMP 'now')", "use 'now' as a time", "event_time"),
        arguments("max(DATE 'today')", "use 'today' as a time", "event_time"),
        arguments("max(TIMESTAMP 'tomorrow UTC')", "use 'tomorrow UTC' as a time", "event_time"),
        arguments("max(CAST('yesterday' AS DATE))", "use 'yesterday' as a time", "event_time"),
        arguments("max(try_cast('12:30' AS TIMESTAMP))", "use '12:30' as a time", "event_time"),
        arguments(
            "max(try_cast(tenant_id AS TIMESTAMP))",
            "cast the text readings.tenant_id to a timestamp",
            "TIMESTAMP_NTZ"),
        arguments(
            "max(try_to_timestamp(tenant_id))", "not every STRING is a TIMESTAMP", "TIMESTAMP_NTZ"),
        arguments("max(to_date('today'))", "use 'today' as a time", "event_time"),
        arguments("count_if(event_time > 'yesterday')", "use 'yesterday' as a time", "event_time"),
        arguments("max(identifier('now')())", "use now", "event"),
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
        arguments("max(CAST(tenant_id AS INT))", "not every STRING is an INT", "try_cast"),
        arguments("max(CAST(large AS INT))", "not every BIGINT is an INT", "try_cast"),
        arguments("max(CAST(rough AS DECIMAL(10, 2)))", "not every DOUBLE", "try_cast"),
        arguments("max(to_date(tenant_id))", "not every STRING is a DATE", "try_cast"),
        arguments("max(to_date(tenant_id, 'yyyy'))", "raises an error on some values", "try_"),
        arguments(
            "max(to_timestamp(tenant_id))", "not every STRING is a TIMESTAMP", "TIMESTAMP_NTZ"),
        arguments("max(to_timestamp(tenant_id, 'yyyy'))", "raises an error", "TIMESTAMP_NTZ"),
        // By a year that no timestamp can have.
        arguments("max(try_to_timestamp(tenant_id, 'yyyy'))", "raises an error", "TIMESTAMP_NTZ"),
        arguments("max(make_date(small, 1, 1))", "use make_date", "try_"),
        arguments("max(element_at(labels, small))", "raises an error", "try_element_at"),
        arguments("max(labels[small])", "raises an error", "get(array, index)"),
        arguments("max(try_element_at(labels, small))", "raises an error", "get(array, index"),
        arguments("max(small div CAST(0.4 AS INT))", "divisor may be zero", "try_divide"),
        arguments("max(pmod(price, huge))", "divisor may be zero", "try_mod"),
        arguments(
            "max(pmod(price, CAST(1000000000000000 AS DECIMAL(16, 0))))", "may not fit", "try_mod"),
        arguments("max(try_element_at(labels, 0))", "raises an error", "a literal that is not 0"),
        arguments("max(round(rough, 2147483647))", "raises an error", "a few digits"),
        arguments("max(site LIKE 'a#b' ESCAPE '#')", "raises an error", "try_"),
        arguments("max(site LIKE 'a#' ESCAPE '#')", "raises an error", "try_"),
        arguments("max(site COLLATE UTF8_LCASE)", "use a collation", "lower("),
        arguments("max(collate(site, 'UNICODE_CI'))", "use a collation", "lower("),
        arguments("max(CAST(site AS STRING COLLATE UTF8_LCASE))", "use a collation", "lower("),
        arguments("max(huge * huge)", "may not fit", "try_multiply"),
        arguments("max(raise_error('no'))", "use raise_error", "try_"),
        arguments("max(no_such_column)", "`no_such_column`", ""),
        arguments("max(small) OVER (PARTITION BY site)", "use OVER", "group by a window"),
        arguments("(SELECT max(area) FROM sites)", "use a sub-query", "JOIN the dimension"),
        arguments("max(1", "Cannot understand the SQL", ""));
  }

  @ParameterizedTest
  @MethodSource("refusedMeasures")
  void aMeasureIsRefusedWithItsLineAndTheRemedy(String measure, String what, String remedy)
      throws IOException {
    assertThat(problems.of(measure(measure)))
        .anySatisfy(
            problem ->
                assertThat(problem)
                    .startsWith("by_site.sql:4: by_site: Cannot ")
                    .contains(what)
                    .contains(remedy));
  }
}
