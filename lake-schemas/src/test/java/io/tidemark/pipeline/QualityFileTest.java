package io.tidemark.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.pipeline.QualityCheck.Level;
import io.tidemark.pipeline.QualityCheck.Scope;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QualityFileTest {
  @TempDir private Path folder;

  private Pipeline pipeline;

  @BeforeEach
  void write() throws IOException {
    Files.writeString(folder.resolve("reading.avsc"), "{}");
    Files.writeString(folder.resolve("by_site.sql"), "SELECT 1");
    Files.writeString(
        folder.resolve("pipeline.yaml"),
        """
        name: plant
        history-from: 2020-01-01
        events: [{name: readings, topic: readings, schema: reading.avsc}]
        dimensions: [{name: sites, topic: sites, schema: reading.avsc, key: [site]}]
        views: [{name: by_site, sql: by_site.sql, key: [site], lateness: 1 hour}]
        """);
    pipeline = PipelineFile.read(folder);
  }

  /** Checks of one table, each on a line of its own; the first is on line 4. */
  private QualityFile read(String table, String... checks) throws IOException {
    Files.writeString(
        folder.resolve("quality.yaml"),
        "tables:\n  - table: %s\n    checks:\n      - %s\n"
            .formatted(table, String.join("\n      - ", checks)));
    return QualityFile.read(pipeline);
  }

  private QualityCheck check(String check) throws IOException {
    return read("readings", check).checks().get(0);
  }

  /** Problems as {@code line key: message}. */
  private List<String> problems(String table, String... checks) {
    return catchThrowableOfType(InvalidConfigurationException.class, () -> read(table, checks))
        .problems()
        .stream()
        .map(problem -> "%d %s: %s".formatted(problem.line(), problem.key(), problem.message()))
        .toList();
  }

  @Test
  void aPipelineMayDoWithout() {
    assertThat(QualityFile.read(pipeline).checks()).isEmpty();
  }

  @Test
  void aCheckOfRowsAcceptsNothingLessThanAllOfThemUnlessItSaysSo() throws IOException {
    QualityCheck check = check("{name: a site, check: completeness, column: site}");

    assertThat(check.table()).isEqualTo("plant.readings");
    assertThat(check.atLeast()).contains(BigDecimal.ONE);
    assertThat(check.atMost()).isEmpty();
    assertThat(check.level()).isEqualTo(Level.ERROR);
    assertThat(check.scope()).isEqualTo(Scope.DATE);
    assertThat(check.gate()).isFalse();
    assertThat(check.expected()).isEqualTo(">= 1");
  }

  @Test
  void aTableIsOfThePipelineUnlessItsSchemaIsNamed() throws IOException {
    assertThat(read("ops.ledger", "{name: any, check: size, at-least: 1}").checks())
        .extracting(QualityCheck::table)
        .containsExactly("ops.ledger");
  }

  @Test
  void valuesKeepTheirQuotesAndBlanks() throws IOException {
    QualityCheck check =
        check(
            "{name: ours, check: containment, column: site, values: [\"it's\", '', ' a ', \"\\\"q\\\"\"]}");

    assertThat(check.rule().values()).containsExactly("it's", "", " a ", "\"q\"");
  }

  @Test
  void aForeignKeyIsOfColumnsOfTheSameNamesUnlessItSaysSo() throws IOException {
    assertThat(
            check("{name: known, check: foreign-key, columns: [site], references: sites}").rule())
        .satisfies(
            rule -> {
              assertThat(rule.references()).isEqualTo("plant.sites");
              assertThat(rule.referenced()).containsExactly("site");
            });
  }

  @Test
  void everyProblemIsToldAtOnceWithItsLine() {
    assertThat(
            problems(
                "readings",
                "{name: a, check: completness, column: site}",
                "{name: b, check: completeness}",
                "{name: c, check: size}",
                "{name: d, check: pattern, column: site, matches: '['}",
                "{name: d, check: size, at-least: 5, at-most: 4, levl: error}",
                "{name: f, check: size, at-least: 1, column: site}",
                "{name: g, check: range, column: site}",
                "{check: size, at-least: many}",
                "{name: h, check: containment, column: site, values: []}"))
        .containsExactlyInAnyOrder(
            "4 tables[0].checks[0].check: Cannot check 'completness': write one of completeness,"
                + " compliance, containment, foreign-key, maximum, mean, minimum, pattern, range,"
                + " size, standard-deviation, sum, uniqueness.",
            "5 tables[0].checks[1].column: This key is required: completeness needs it.",
            "6 tables[0].checks[2].check: It does not say which size is accepted. Give at-least,"
                + " at-most or anomaly.",
            "7 tables[0].checks[3].matches: Cannot read '[' as a regular expression: unclosed"
                + " character class.",
            "8 tables[0].checks[4].at-most: This is less than at-least, so no value would be"
                + " accepted.",
            "8 tables[0].checks[4].name: Two checks of plant.readings are named 'd'.",
            "8 tables[0].checks[4].levl: Unknown key. Did you mean" + " 'level'?",
            "9 tables[0].checks[5].column: This key does not apply to size.",
            "10 tables[0].checks[6].check: The range has no bounds. Give min, max or both.",
            "11 tables[0].checks[7].at-least: Cannot read 'many' as a number: write for example"
                + " 0.95 or 100.",
            "11 tables[0].checks[7].name: This key is required.",
            "12 tables[0].checks[8].values: The list is empty. Name at least one.");
  }

  @Test
  void whatNothingCouldMeetIsRefused() {
    assertThat(
            problems(
                "readings",
                "{name: a, check: range, column: value, min: 10, max: 9.5}",
                "{name: b, check: range, column: date, min: 2024-01-02, max: 2024-01-01}",
                "{name: c, check: range, column: site, min: b, max: a}",
                "{name: d, check: size, anomaly: {max-decrease: 2, max-increase: 0.5}}"))
        .satisfiesExactlyInAnyOrder(
            a -> assertThat(a).startsWith("4 ").contains("This is less than min"),
            b -> assertThat(b).startsWith("5 ").contains("This is less than min"),
            d -> assertThat(d).startsWith("7 ").contains("This is more than max-increase"));
  }

  @Test
  void aNameIsGivenOnceWhereverTheTableStands() {
    String check = "{name: any, check: size, at-least: 1}";
    assertThat(
            problems(
                "readings", check + "\n  - table: plant.readings\n    checks:\n      - " + check))
        .singleElement()
        .asString()
        .contains("Two checks of plant.readings are named 'any'");
  }

  @Test
  void aDimensionIsCheckedAsAWholeWhateverItsColumnsAreCalled() throws IOException {
    assertThat(read("sites", "{name: any, check: size, at-least: 1}").checks())
        .extracting(QualityCheck::scope)
        .containsExactly(Scope.TABLE);
    assertThat(problems("sites", "{name: any, check: size, anomaly: {deviations: 3}}"))
        .singleElement()
        .asString()
        .contains("An anomaly check compares dates, and a dimension has none");
  }

  @Test
  void whatIsAnAnomalyIsSaidInOneWay() {
    assertThat(
            problems(
                "readings",
                "{name: a, check: size, anomaly: {by: weekday}}",
                "{name: b, check: size, at-least: 1, anomaly: {deviations: 3}}",
                "{name: c, check: size, anomaly: {deviations: 3, max-increase: 2}}",
                "{name: d, check: size, per: table, anomaly: {deviations: 3}}",
                "{name: e, check: size, anomaly: {deviations: 3, least-history: 1}}"))
        .hasSize(5)
        .satisfiesExactlyInAnyOrder(
            a -> assertThat(a).startsWith("4 ").contains("give either deviations"),
            b -> assertThat(b).startsWith("5 ").contains("Write two checks"),
            c -> assertThat(c).startsWith("6 ").contains("give either deviations"),
            d -> assertThat(d).startsWith("7 ").contains("compares dates"),
            e -> assertThat(e).startsWith("8 ").contains("at least 2"));
  }

  @Test
  void aGateIsOnWhatTheViewsRead() throws IOException {
    QualityFile file = read("readings", "{name: any, check: size, at-least: 1, gate: seal}");
    assertThat(file.gates()).isEqualTo(file.checks());

    assertThat(read("sites", "{name: any, check: size, at-least: 1, gate: seal}").gates())
        .hasSize(1);
    assertThat(problems("by_site", "{name: any, check: size, at-least: 1, gate: seal}"))
        .singleElement()
        .asString()
        .contains("Cannot gate on a view's own table");
    assertThat(problems("ops.ledger", "{name: any, check: size, at-least: 1, gate: seal}"))
        .singleElement()
        .asString()
        .contains("Cannot gate on ops.ledger: no view reads it");
    assertThat(
            problems(
                "readings",
                "{name: any, check: size, at-least: 1, gate: seal, level: warning}",
                "{name: all, check: size, at-least: 1, gate: seal, per: table}",
                "{name: own, check: size, at-least: 1, gate: reconcile}",
                "{name: of, check: foreign-key, columns: [a], references: other.sites, gate: seal}"))
        .satisfiesExactlyInAnyOrder(
            warning -> assertThat(warning).startsWith("4 ").contains("by a warning"),
            whole -> assertThat(whole).startsWith("5 ").contains("all dates at once"),
            word -> assertThat(word).startsWith("6 ").contains("Write seal"),
            other -> assertThat(other).startsWith("7 ").contains("dimension of this pipeline"));
  }

  @Test
  void aDefinitionChangesWithWhateverChangesTheVerdict() throws IOException {
    String definition =
        check("{name: a, check: containment, column: site, values: ['a, b']}").definition();

    assertThat(
            List.of(
                "{name: a, check: containment, column: site, values: [a, b]}",
                "{name: a, check: containment, column: sites, values: ['a, b']}",
                "{name: a, check: containment, column: site, values: ['a, b'], where: true}",
                "{name: a, check: containment, column: site, values: ['a, b'], at-least: 0.9}",
                "{name: a, check: containment, column: site, values: ['a, b'], per: table}"))
        .allSatisfy(changed -> assertThat(check(changed).definition()).isNotEqualTo(definition));
    assertThat(
            check(
                    "{level: warning, check: containment, column: site, values: ['a, b'], name: other}")
                .definition())
        .isEqualTo(definition);
  }

  @Test
  void theChecksOfTheShopAreRead() {
    Pipeline retail = PipelineFile.read(Path.of("..", "conf", "retail"));

    assertThat(QualityFile.read(retail).checks()).isNotEmpty();
    assertThat(QualityFile.read(retail).gates()).isEmpty();
    assertThat(QualityFile.inspect(retail, new Problems())).isNotEqualTo(Optional.empty());
  }
}
