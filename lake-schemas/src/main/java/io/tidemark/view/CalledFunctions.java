package io.tidemark.view;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;

/** The functions that an expression calls by name. */
public final class CalledFunctions {
  private CalledFunctions() {}

  /** Names in lower case; none if it cannot be read, which is found elsewhere. */
  public static Set<String> in(String expression) {
    try {
      Syntax.expression(expression);
      return Syntax.of("SELECT " + expression)
          .calls()
          .map(Syntax::name)
          .collect(Collectors.toCollection(TreeSet::new));
    } catch (AnalysisException unreadable) {
      return Set.of();
    }
  }
}
