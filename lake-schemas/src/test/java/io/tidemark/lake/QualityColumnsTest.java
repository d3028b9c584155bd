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
          StructType.fromDDL("site STRING"));

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
