package io.tidemark.view;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityFile;
import io.tidemark.pipeline.QualityRule;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;

/** Whether conditions of gates say the same of the same rows whenever they are asked. */
public final class GateConditions {
  private GateConditions() {}

  /** Adds those that do not; one that cannot be read is found elsewhere. */
  public static void check(QualityFile file, Problems problems) {
    for (QualityCheck gate : file.gates()) {
      boolean isCondition = gate.rule().kind() == QualityRule.Kind.COMPLIANCE;
      Stream.of(
              gate.where(),
              isCondition ? Optional.of(gate.rule().text()) : Optional.<String>empty())
          .flatMap(Optional::stream)
          .forEach(
              condition ->
                  unrepeatable(condition)
                      .ifPresent(
                          why ->
                              problems.add(
                                  file.file().toString(),
                                  gate.line(),
                                  "",
                                  "Cannot gate by the condition '%s': %s."
                                      .formatted(condition, why))));
    }
  }

  private static Optional<String> unrepeatable(String condition) {
    try {
      Syntax.expression(condition);
      return RefusedFunctions.unrepeatable(Syntax.of("SELECT " + condition));
    } catch (AnalysisException unreadable) {
      return Optional.empty();
    }
  }
}
