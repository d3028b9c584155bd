package io.tidemark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each kind of check makes of the rows that are hard on it. */
class ChecksIT {
  @TempDir private Path folder;

  private LakeUnderTest lake;

  @BeforeEach
  void open() throws IOException {
    lake = LakeUnderTest.in(folder, TableFormat.DELTA);
  }

  /** What checks find, as {@code outcome value failing/rows}, of rows as SQL has them. */
  private List<String> found(String columns, List<String> rows, String... checks)
      throws IOException {
    return found(lake.rows(columns, rows.toArray(String[]::new)), Map.of(), checks);
  }

  private List<String> found(
      Dataset<Row> rows, Map<String, Dataset<Row>> referenced, String... checks)
      throws IOException {
    for (int i = 0; i < checks.length; i++) {
      checks[i] = "{name: \"it's #%d\", %s}".formatted(i, checks[i]);
    }
    lake.checks("readings", checks);
    return lake.ask(rows, referenced).stream().map(ChecksIT::said).toList();
  }

  private static String said(Result result) {
    String value =
        result.value().isPresent() ? Figures.of(result.value().getAsDouble()) : "nothing";
    return result.outcome() == Result.Outcome.ERROR
        ? "error " + result.message().orElseThrow()
        : "%s %s %s/%d"
            .formatted(
                result.outcome().text(),
                value,
                result.failing() < 0 ? "-" : result.failing(),
                result.rows());
  }

  @Test
  void aNullIsAMatterOfCompletenessAndOfNothingElse() throws IOException {
    assertThat(
            found(
                "a",
                List.of("('x')", "(null)", "('y')", "(null)"),
                "check: completeness, column: a",
                "check: uniqueness, columns: [a]",
                "check: containment, column: a, values: [x]",
                "check: pattern, column: a, matches: '[xyz]'",
                "check: range, column: a, max: x",
                "check: compliance, condition: a <> 'x'",
                "check: completeness, column: a, where: a IS NULL OR a <> 'x', at-least: 0.3"))
        .containsExactly(
            "failed 0.5 2/4",
            "passed 1 0/4",
            "failed 0.75 1/4",
            "passed 1 0/4",
            "failed 0.75 1/4",
            // As in SQL: null is not true.
            "failed 0.25 3/4",
            "passed 0.3333 2/3");
  }

  @Test
  void valuesAndPatternsMayHaveAnyCharacters() throws IOException {
    assertThat(
            found(
                "a",
                List.of("(\"it's\")", "('\"q\"')", "('back\\\\slash')", "('')", "('a,b')"),
                "check: containment, column: a, values: [\"it's\", '\"q\"', 'back\\slash', '', 'a,b']",
                "check: pattern, column: a, matches: \"^(it's|\\\"q\\\"|back\\\\\\\\slash|a,b|)$\"",
                "check: pattern, column: a, matches: '^x?$'",
                "check: compliance, condition: 'a IN (\"it''s\", \"\")'"))
        .containsExactly("passed 1 0/5", "passed 1 0/5", "failed 0.2 4/5", "failed 0.4 3/5");
  }

  @Test
  void columnsMayHaveAnyNames() throws IOException {
    assertThat(
            found(
                "`a.b`, `with space`, `emoji 🙂`, `back``tick`, `select`, s",
                List.of("(1, 'x', null, 2.5, 'y', named_struct('b', null))"),
                "check: completeness, column: a.b",
                "check: pattern, column: with space, matches: x",
                "check: completeness, column: 'emoji 🙂'",
                "check: mean, column: 'back`tick', at-most: 2",
                "check: uniqueness, columns: [select, a.b]",
                "check: compliance, condition: '`a.b` = 1 AND `select` = \"y\"'",
                "check: completeness, column: s.b"))
        .containsExactly(
            "passed 1 0/1",
            "passed 1 0/1",
            "failed 0 1/1",
            "failed 2.5 -/1",
            "passed 1 0/1",
            "passed 1 0/1",
            "failed 0 1/1");
  }

  @Test
  void aRangeIsExactAndHoldsNoNan() throws IOException {
    assertThat(
            found(
                "a, d, t",
                List.of(
                    "(0.10BD, double('NaN'), timestamp'2024-01-01 00:00:00')",
                    "(0.30BD, 1D, timestamp'2024-01-02 00:00:00')",
                    "(12345678901234567890.12BD, double('Infinity'), null)"),
                "check: range, column: a, min: 0.1, max: 12345678901234567890.11",
                "check: range, column: d, min: 0",
                "check: range, column: t, max: '2024-01-01 12:00:00'",
                "check: mean, column: d, at-most: 1000",
                "check: maximum, column: d, where: d = 1, at-most: 1"))
        .containsExactly(
            "failed 0.6666 1/3",
            "failed 0.6666 1/3",
            "failed 0.6666 1/3",
            "failed NaN -/3",
            "passed 1 -/1");
  }

  @Test
  void aFloatIsTheNumberAsWhichItIsWritten() throws IOException {
    assertThat(
            found(
                "f, d",
                List.of("(0.1F, 0.1D)", "(0.7F, 0.7D)"),
                "check: containment, column: f, values: [0.1, 0.7]",
                "check: range, column: f, min: 0.1, max: 0.7",
                "check: maximum, column: f, at-most: 0.7",
                "check: minimum, column: f, at-most: 0.1",
                "check: maximum, column: d, at-least: 0.7, at-most: 0.7"))
        .containsExactly(
            "passed 1 0/2", "passed 1 0/2", "passed 0.7 -/2", "passed 0.1 -/2", "passed 0.7 -/2");
  }

  @Test
  void nanIsAcceptedByNoStatisticOfItsColumn() throws IOException {
    assertThat(
            found(
                "d, f, s",
                List.of("(0.1D, float('NaN'), 'a')", "(double('NaN'), 2F, 'b')", "(null, 1F, 'a')"),
                "check: minimum, column: d, at-least: 0",
                "check: minimum, column: f, at-least: 0",
                "check: maximum, column: d, at-least: 0",
                "check: sum, column: d, at-least: 0",
                "check: mean, column: f, at-least: 0",
                "check: standard-deviation, column: f, at-least: 0",
                "check: minimum, column: d, where: s = 'a', at-least: 0.1",
                "check: minimum, column: d, where: s = 'c', at-least: 0.1"))
        .containsExactly(
            "failed NaN -/3",
            "failed NaN -/3",
            "failed NaN -/3",
            "failed NaN -/3",
            "failed NaN -/3",
            "failed NaN -/3",
            "passed 0.1 -/2",
            "passed nothing -/0");
  }

  @Test
  void aColumnThatIsNotThereIsSaidNotToBeWhateverTheOthersAreCalled() throws IOException {
    assertThat(
            found(
                "`back``tick`, s",
                List.of("(1, named_struct('b', 1))"),
                "check: completeness, column: nothing",
                "check: completeness, column: 'no`thing'",
                "check: completeness, column: s.nothing",
                "check: completeness, column: 'a b'"))
        .containsExactly(
            "error Cannot find column 'nothing' in plant.readings. It has: back`tick, s.",
            "error Cannot find column 'no`thing' in plant.readings. It has: back`tick, s.",
            "error Cannot find column 's.nothing' in plant.readings. It has: back`tick, s.",
            "error Cannot find column 'a b' in plant.readings. It has: back`tick, s.");
  }

  @Test
  void statisticsAreWithinTheirBoundsOrNot() throws IOException {
    assertThat(
            found(
                "a",
                List.of("(1)", "(3)", "(null)"),
                "check: minimum, column: a, at-least: 1",
                "check: maximum, column: a, at-most: 2.9",
                "check: mean, column: a, at-least: 2, at-most: 2",
                "check: sum, column: a, at-least: 4.1",
                "check: standard-deviation, column: a, at-most: 1",
                "check: size, at-least: 3, at-most: 3",
                "check: size, where: a > 1, at-least: 2",
                "check: minimum, column: a, where: a > 1, at-least: 2"))
        .containsExactly(
            "passed 1 -/3",
            "failed 3 -/3",
            "passed 2 -/3",
            "failed 4 -/3",
            "passed 1 -/3",
            "passed 3 -/3",
            "failed 1 -/1",
            "passed 3 -/1");
  }

  @Test
  void aShareIsTheDecimalThatItIsWrittenAs() throws IOException {
    assertThat(
            found(
                "a",
                List.of("(1),(1),(1),(1),(1),(1),(1),(null),(null),(null)"),
                "check: completeness, column: a, at-least: 0.7"))
        .containsExactly("passed 0.7 3/10");
  }

  @Test
  void nothingToLookAtMeetsEveryCheckButThatOfASize() throws IOException {
    String[] checks = {
      "check: completeness, column: a, where: a > 1",
      "check: uniqueness, columns: [a], where: a > 1",
      "check: mean, column: a, where: a > 1, at-least: 1",
      "check: maximum, column: b, at-most: 1",
      "check: size, where: a > 1, at-least: 1"
    };
    List<String> rows = List.of("(1, cast(null AS int))");
    assertThat(found("a, b", rows, checks.clone()))
        .containsExactly(
            "passed nothing -/0",
            "passed nothing -/0",
            "passed nothing -/0",
            "passed nothing -/1",
            "failed 0 -/0");
    assertThat(
            found(
                lake.rows("a, b", rows.toArray(String[]::new)).where("a > 1"),
                Map.of(),
                checks.clone()))
        .containsExactly(
            "passed nothing -/0",
            "passed nothing -/0",
            "passed nothing -/0",
            "passed nothing -/0",
            "failed 0 -/0");
  }

  @Test
  void whatCannotBeComputedIsAnErrorOfThatCheckAlone() throws IOException {
    assertThat(
            found(
                "a, b, c",
                List.of("('x', 2147483647, 99999999999999999999999999999999999999BD)"),
                "check: compliance, condition: cast(a AS int) > 0",
                "check: compliance, condition: b * 2 > 0",
                "check: compliance, condition: c * 10 > 0",
                "check: completeness, column: nowhere",
                "check: compliance, condition: a ><< 3",
                "check: mean, column: a, at-least: 1",
                "check: range, column: b, max: many",
                "check: completeness, column: a"))
        .satisfiesExactly(
            cast -> assertThat(cast).startsWith("error ").contains("CAST_INVALID_INPUT"),
            overflow -> assertThat(overflow).startsWith("error ").contains("ARITHMETIC_OVERFLOW"),
            decimal ->
                assertThat(decimal).startsWith("error ").contains("NUMERIC_VALUE_OUT_OF_RANGE"),
            unknown -> assertThat(unknown).startsWith("error ").contains("nowhere"),
            syntax -> assertThat(syntax).startsWith("error ").contains("PARSE_SYNTAX_ERROR"),
            text -> assertThat(text).startsWith("error Cannot take the mean of column a"),
            word -> assertThat(word).startsWith("error Cannot compare numbers with 'many'"),
            fine -> assertThat(fine).isEqualTo("passed 1 0/1"));
  }

  @Test
  void keysThatAreEqualInTheTypeOfTheColumnFindARowOnce() throws IOException {
    assertThat(
            found(
                lake.rows("unit", "(1)", "(2)"),
                Map.of("plant.units", lake.rows("unit", "('1')", "('01')", "('3')")),
                "check: foreign-key, columns: [unit], references: units"))
        .containsExactly("failed 0.5 1/2");
  }

  @Test
  void aForeignKeyIsInTheOtherTableOrNull() throws IOException {
    Dataset<Row> sites =
        lake.rows("site, unit", "('a', 1)", "('a', 1)", "('b', 2)", "(cast(null AS string), 3)");
    Dataset<Row> rows = lake.rows("name, unit", "('a', 1)", "('a', 2)", "('c', null)", "('b', 2)");
    String key = "check: foreign-key, columns: [name], referenced-columns: [site], references: ";

    assertThat(
            found(
                rows,
                Map.of("plant.sites", sites, "plant.none", sites.where("unit > 9")),
                "check: foreign-key, columns: [name, unit], referenced-columns: [site, unit], references: sites",
                key + "sites",
                key + "none",
                key + "places"))
        .containsExactly(
            "failed 0.75 1/4",
            "failed 0.75 1/4",
            "failed 0 4/4",
            "error Cannot find table plant.places, which the foreign key is of.");
  }
}
