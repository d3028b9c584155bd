package io.tidemark.quality;

import static java.util.stream.Collectors.joining;

import com.amazon.deequ.profiles.ColumnProfile;
import com.amazon.deequ.profiles.NumericColumnProfile;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.output.TextTable;
import io.tidemark.pipeline.QualityCheck;
import io.tidemark.pipeline.QualityRule;
import java.math.BigDecimal;
import java.util.Set;
import scala.Option;

/** Suggestions as text to be pasted. */
final class SuggestedYaml {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Which some readers of YAML take for something else than text. */
  private static final Set<String> WORDS =
      Set.of("true", "false", "null", "yes", "no", "on", "off", "y", "n");

  private SuggestedYaml() {}

  static String of(Suggestions suggestions) {
    StringBuilder yaml = new StringBuilder();
    yaml.append(
        "# %s: %s rows. A value of at-least is what every date has.%n"
            .formatted(suggestions.table().name(), Figures.count(suggestions.rows())));
    if (suggestions.rows() == 0) {
      return yaml.append("# Without rows there is nothing to suggest.%n".formatted()).toString();
    }
    profile(suggestions).lines().forEach(line -> yaml.append("# ").append(line).append('\n'));
    if (suggestions.checks().isEmpty()) {
      return yaml.append("# No check that deequ knows holds on every date.\n").toString();
    }
    yaml.append("tables:\n  - table: %s\n    checks:\n".formatted(suggestions.table().name()));
    suggestions.checks().forEach(check -> yaml.append(check(check)));
    return yaml.toString();
  }

  private static String profile(Suggestions suggestions) {
    TextTable table =
        new TextTable("column", "type", "not null", "distinct, about", "min", "max", "mean");
    suggestions
        .columns()
        .forEach(
            (alias, column) -> {
              ColumnProfile profile = suggestions.profiles().get(alias);
              if (profile == null) {
                return;
              }
              NumericColumnProfile numbers =
                  profile instanceof NumericColumnProfile numeric && !profile.isDataTypeInferred()
                      ? numeric
                      : null;
              table.row(
                  column.name().replaceAll("\\R", " "),
                  column.dataType().sql(),
                  Figures.of(profile.completeness()),
                  profile.approximateNumDistinctValues(),
                  numbers == null ? null : figure(numbers.minimum()),
                  numbers == null ? null : figure(numbers.maximum()),
                  numbers == null ? null : figure(numbers.mean()));
            });
    return table.toString();
  }

  private static String figure(Option<Object> value) {
    return value.isEmpty() ? null : Figures.of((Double) value.get());
  }

  private static String check(QualityCheck check) {
    QualityRule rule = check.rule();
    StringBuilder yaml = new StringBuilder();
    yaml.append("      - name: ").append(quoted(check.name())).append('\n');
    yaml.append("        check: ").append(rule.kind().text()).append('\n');
    yaml.append(
        rule.kind() == QualityRule.Kind.UNIQUENESS
            ? "        columns: [%s]\n".formatted(quoted(rule.columns().get(0)))
            : "        column: %s\n".formatted(quoted(rule.columns().get(0))));
    if (!rule.values().isEmpty()) {
      yaml.append(
          "        values: [%s]\n"
              .formatted(rule.values().stream().map(SuggestedYaml::quoted).collect(joining(", "))));
    }
    rule.min().ifPresent(min -> yaml.append("        min: %s\n".formatted(min)));
    check
        .atLeast()
        .filter(least -> least.compareTo(BigDecimal.ONE) < 0)
        .ifPresent(least -> yaml.append("        at-least: %s\n".formatted(least.toPlainString())));
    return yaml.toString();
  }

  /** What JSON writes in quotes, YAML reads. */
  private static String quoted(String text) {
    if (text.matches("[A-Za-z][A-Za-z0-9_]*( [A-Za-z0-9_]+)*") && !WORDS.contains(text)) {
      return text;
    }
    try {
      return JSON.writeValueAsString(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write '%s'".formatted(text), e);
    }
  }
}
