package io.tidemark.pipeline;

import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts environment variables into the scalars of a file. */
record Substitution(UnaryOperator<String> variables) implements UnaryOperator<String> {
  private static final Pattern DOLLAR =
      Pattern.compile("\\$(?:(\\$)|\\{([A-Za-z_][A-Za-z0-9_]*)}|)");

  static String escape(String text) {
    return text.replace("$", "$$");
  }

  /**
   * @throws IllegalArgumentException if a variable is not set
   */
  @Override
  public String apply(String text) {
    return DOLLAR.matcher(text).replaceAll(found -> Matcher.quoteReplacement(substitute(found)));
  }

  private String substitute(MatchResult found) {
    if (found.group(1) != null) {
      return "$";
    }
    if (found.group(2) == null) {
      throw new IllegalArgumentException(
          "Cannot read a '$' by itself: write ${NAME} for an environment variable, $$ for a dollar sign.");
    }
    String value = variables.apply(found.group(2));
    if (value == null) {
      throw new IllegalArgumentException(
          "Cannot find the environment variable %s: set it, or write the value here."
              .formatted(found.group(2)));
    }
    return value;
  }
}
