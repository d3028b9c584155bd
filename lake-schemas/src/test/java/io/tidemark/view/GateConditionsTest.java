package io.tidemark.view;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.QualityRule;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

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
    GateConditions.check(new QualityFile(Path.of("quality.yaml"), List.of(checks)), problems);
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
        .contains("rand() < 0.1", "other values in every run");
  }

  @Test
  void othersMayBeAndACheckWithoutAGateMayReadWhatItLikes() {
    assertThat(problems(check("value > 0 AND site <> 'now()'", Optional.empty(), true))).isEmpty();
    assertThat(problems(check("event_time < now()", Optional.empty(), false))).isEmpty();
    assertThat(problems(check("a ><< b", Optional.empty(), true))).isEmpty();
  }
}
