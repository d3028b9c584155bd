package io.tidemark.pipeline;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/** Explains a YAML syntax error in terms of what the author wrote. */
final class YamlProblem {
  /** What ends a list or a mapping in brackets. */
  private static final Pattern NOT_CLOSED = Pattern.compile("expected ',' or '([]}])'.*");

  private YamlProblem() {}

  /** Without a full stop. */
  static String of(MarkedYamlEngineException failure) {
    String problem = failure.getProblem();
    Matcher open = NOT_CLOSED.matcher(problem);
    if (open.matches()) {
      String end = open.group(1);
      return "the '%s' in line %d is not closed: '%s' is missing, or a comma before this line"
          .formatted(
              end.equals("]") ? "[" : "{",
              line(failure.getContextMark().or(failure::getProblemMark).orElse(null)),
              end);
    }
    if (problem.contains("<stream end>") || problem.contains("unexpected end of stream")) {
      return "the file ends too early: a '[', a '{' or a quote is not closed";
    }
    if (problem.startsWith("mapping values are not allowed")) {
      return "a key cannot stand here: indent it as the keys beside it, or quote the text if the ':' is part of it";
    }
    if (problem.contains("\\t") || problem.contains("TAB")) {
      return "a tab cannot indent a line: use spaces";
    }
    if (problem.startsWith("expected <block end>")) {
      return "the line is not indented as those beside it";
    }
    if (problem.startsWith("could not find expected ':'")) {
      return "the line before has no ': ' behind its key";
    }
    return problem;
  }

  private static int line(Mark mark) {
    return mark == null ? 0 : mark.getLine() + 1;
  }
}
