package io.tidemark.lake;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityCheck.Level;
import io.tidemark.pipeline.QualityCheck.Scope;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.QualityRule;
import io.tidemark.pipeline.QualityRule.Kind;
import io.tidemark.table.TestLake;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityColumnsTest {
  private static final Map<String, StructType> COLUMNS =
      Map.of(
          "plant.readings",
          StructType.fromDDL("site STRING, `a.b` INT, part STRUCT<number: INT>"),
          "plant.sites",
          StructType.fromDDL("site STRING"),
          "plant.times",
          StructType.fromDDL("site STRING, at TIMESTAMP, wall TIMESTAMP_NTZ, day DATE"));

  @TempDir private Path folder;

  private static QualityCheck check(
      String table, List<String> columns, String condition, String references, String where) {
    Kind kind =
        references.isEmpty()
            ? condition.isEmpty() ? Kind.UNIQUENESS : Kind.COMPLIANCE
            : Kind.FOREIGN_KEY;
    return new QualityCheck(
        table,
        "any",
        new QualityRule(
            kind,
            columns,
            List.of(),
            condition,
            Optional.empty(),
            Optional.empty(),
            references,
            references.isEmpty() ? List.of() : columns),
        Optional.of(BigDecimal.ONE),
        Optional.empty(),
        Optional.empty(),
        Optional.ofNullable(where),
        Scope.DATE,
        Level.ERROR,
        false,
        7);
  }

  private static QualityCheck gate(Kind kind, String column, String... values) {
    boolean isRange = kind == Kind.RANGE;
    return new QualityCheck(
        "plant.times",
        "any",
        new QualityRule(
            kind,
            kind == Kind.COMPLIANCE ? List.of() : List.of(column),
            kind == Kind.CONTAINMENT ? List.of(values) : List.of(),
            kind == Kind.COMPLIANCE ? values[0] : "",
            isRange ? Optional.of(values[0]) : Optional.empty(),
            isRange ? Optional.of(values[1]) : Optional.empty(),
            "",
            List.of()),
        Optional.of(BigDecimal.ONE),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Scope.DATE,
        Level.ERROR,
        true,
        7);
  }

  @Test
  void aGateThatComparesATimeWithATextThatIsReadByTheClockIsRefused() {
    List<QualityCheck> gates =
        List.of(
            gate(Kind.RANGE, "at", "yesterday", "2030-01-01"),
            gate(Kind.RANGE, "wall", "2020-01-01", "now"),
            gate(Kind.RANGE, "day", "2020-01-01", "Today"),
            gate(Kind.RANGE, "at", "2020-01-01", "12:30"),
            gate(Kind.CONTAINMENT, "day", "2024-01-01", "today"),
            gate(Kind.COMPLIANCE, "", "at <= 'now'"),
            gate(Kind.COMPLIANCE, "", "day BETWEEN '2020-01-01' AND concat('to', 'day')"),
            gate(Kind.COMPLIANCE, "", "date_add('today', 1) > day"));

    assertThat(problems(gates.toArray(QualityCheck[]::new)))
        .hasSize(gates.size())
        .allSatisfy(problem -> assertThat(problem).contains("Cannot gate by", "reads the clock"));
  }

  @Test
  void aGateThatCastsATextToATimestampIsRefused() {
    List<QualityCheck> gates =
        List.of(
            gate(Kind.COMPLIANCE, "", "try_cast(site AS TIMESTAMP) <= at"),
            gate(Kind.COMPLIANCE, "", "to_timestamp(site) <= at"),
            gate(Kind.COMPLIANCE, "", "site <= at"));

    assertThat(problems(gates.toArray(QualityCheck[]::new)))
        .hasSize(gates.size())
        .allSatisfy(
            problem ->
                assertThat(problem).contains("a time of day for one of today", "TIMESTAMP_NTZ"));
    assertThat(
            problems(
                gate(Kind.COMPLIANCE, "", "to_timestamp(site, 'yyyy-MM-dd HH:mm') <= at"),
                gate(Kind.COMPLIANCE, "", "try_cast(site AS DATE) <= day")))
        .isEmpty();
  }

  @Test
  void aGateMayCompareATextWithAnyTextAndATimeWithATime() {
    assertThat(
            problems(
                gate(Kind.RANGE, "site", "now", "today"),
                gate(Kind.CONTAINMENT, "site", "now", "12:30"),
                gate(Kind.RANGE, "at", "2020-01-01", "2030-01-01 12:30:00"),
                gate(Kind.CONTAINMENT, "day", "2024-01-01"),
                gate(Kind.COMPLIANCE, "", "site <> 'today' AND at > '2020-01-01'")))
        .isEmpty();
  }

  private List<String> problems(QualityCheck... checks) {
    Problems problems = new Problems();
    try (TestLake lake = TestLake.in(folder)) {
      new QualityColumns(lake.spark(), COLUMNS)
          .check(
              new QualityFile(Path.of("quality.yaml"), List.of(checks)),
              List.of("plant", "ops"),
              problems);
    }
    return problems.list().stream().map(Problems.Problem::toString).toList();
  }

  @Test
  void whatIsThereIsFoundWhateverItsName() {
    assertThat(
            problems(
                check("plant.readings", List.of("site", "a.b", "part.number"), "", "", null),
                check("plant.readings", List.of(), "`a.b` > 0 AND site <> 'x'", "", "site IS NULL"),
                check("plant.readings", List.of("site"), "", "plant.sites", null),
                check("other.things", List.of("anything"), "", "", null)))
        .isEmpty();
  }

  @Test
  void aFunctionThatTheSparkOfChecksDoesNotHaveIsTold() {
    assertThat(
            problems(
                check("plant.readings", List.of(), "IS_VALID_UTF8(site)", "", null),
                check("plant.readings", List.of(), "Length(trim(site)) > 0", "", null)))
        .singleElement()
        .asString()
        .isEqualTo(
            "quality.yaml:7: Cannot use function is_valid_utf8 in the condition 'IS_VALID_UTF8(site)': checks run on Spark 3.5, which does not have it.");
  }

  @Test
  void whatIsNotThereIsToldWithItsPlace() {
    assertThat(
            problems(
                check("plant.reading", List.of("site"), "", "", null),
                check("plant.readings", List.of("sight"), "", "", null),
                check("plant.readings", List.of(), "sight > 0", "", null),
                check("plant.readings", List.of("site"), "", "", "site >"),
                check("plant.readings", List.of("a.b"), "", "plant.sites", null)))
        .satisfiesExactly(
            table ->
                assertThat(table)
                    .isEqualTo(
                        "quality.yaml:7: Cannot check table plant.reading: there is none of that name."),
            column ->
                assertThat(column)
                    .isEqualTo(
                        "quality.yaml:7: Cannot find column 'sight' in plant.readings. It has: site, a.b, part."),
            condition -> assertThat(condition).contains("'sight > 0'", "`sight`"),
            filter ->
                assertThat(filter).contains("Cannot use the condition 'site >'", "SYNTAX_ERROR"),
            referenced ->
                assertThat(referenced).contains("Cannot find column 'a.b' in plant.sites"));
  }
}
