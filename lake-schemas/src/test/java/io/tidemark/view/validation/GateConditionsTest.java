package io.tidemark.view.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.QualityRule;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GateConditionsTest {
  private static QualityCheck check(String condition, Optional<String> where, boolean gate) {
    return new QualityCheck(
        "plant.readings",
        "any",
        new QualityRule(
            QualityRule.Kind.COMPLIANCE,
            List.of(),
            List.of(),
            condition,
            Optional.empty(),
            Optional.empty(),
            "",
            List.of()),
        Optional.of(BigDecimal.ONE),
        Optional.empty(),
        Optional.empty(),
        where,
        QualityCheck.Scope.DATE,
        QualityCheck.Level.ERROR,
        gate,
        1);
  }

  private static List<String> problems(QualityCheck... checks) {
    Problems problems = new Problems();
    new GateConditions(null, Map.of())
        .check(new QualityFile(Path.of("quality.yaml"), List.of(checks)), problems);
    return Stream.of(problems).flatMap(all -> all.list().stream()).map(Object::toString).toList();
  }

  @Test
  void aConditionThatReadsTheClockOrChanceIsNotAGate() {
    assertThat(problems(check("event_time < current_timestamp()", Optional.empty(), true)))
        .singleElement()
        .asString()
        .contains("Cannot gate by the condition", "it reads the clock");
    assertThat(problems(check("value > 0", Optional.of("rand() < 0.1"), true)))
        .singleElement()
        .asString()
        .contains("rand() < 0.1", "a different value in every run");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "event_time <= TIMESTAMP 'now'",
        "event_time <= timestamp_ntz'now'",
        "date <= DATE 'today'",
        "date <= DATE /* really */ ' Yesterday'",
        "event_time <= TIMESTAMP 'tomorrow Europe/Berlin'",
        "event_time <= TIMESTAMP '12:30'",
        "event_time <= CAST('now' AS TIMESTAMP)",
        "date <= try_cast('today' AS DATE)",
        "date <= 'yesterday' :: DATE",
        "date <= date('today')",
        "event_time <= to_timestamp('now UTC')",
        "date <= to_date('TODAY')",
      })
  void aTextThatSparkReadsByTheClockIsNotAGate(String condition) {
    assertThat(problems(check(condition, Optional.empty(), true)))
        .singleElement()
        .asString()
        .contains(condition, "it reads the clock");
    assertThat(problems(check(condition, Optional.empty(), false))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"identifier('current_date')() > date", "identifier('now')() > identifier('a')"})
  void aNameThatIsNotWrittenAsOneIsNotAGate(String condition) {
    assertThat(problems(check(condition, Optional.empty(), true)))
        .singleElement()
        .asString()
        .contains(condition, "IDENTIFIER");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "date <= DATE '2024-01-01'",
        "event_time > TIMESTAMP 'epoch'",
        "event_time > TIMESTAMP '2024-01-01 12:30:00 Europe/Berlin'",
        "event_time > TIMESTAMP_NTZ '+12024-01-01'",
        "date > CAST('2024-01-01' AS DATE)",
        "state = 'today'",
        "CAST('now' AS STRING) = state",
        "interval '1' day > interval '12:30' hour to minute"
      })
  void aTextThatIsTheSameAtAnyTimeIs(String condition) {
    assertThat(problems(check(condition, Optional.empty(), true))).isEmpty();
  }

  @Test
  void othersMayBeAndACheckWithoutAGateMayReadWhatItLikes() {
    assertThat(problems(check("value > 0 AND site <> 'now()'", Optional.empty(), true))).isEmpty();
    assertThat(problems(check("event_time < now()", Optional.empty(), false))).isEmpty();
    assertThat(problems(check("a ><< b", Optional.empty(), true))).isEmpty();
  }
}
