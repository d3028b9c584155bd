package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.pipeline.Nearest;
import io.tidemark.view.Syntax;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;

/** The functions that an expression calls by name. */
public final class CalledFunctions {
  private CalledFunctions() {}

  /** Calls of those that Spark does not have. One with a dot in its name is of a catalog. */
  static Stream<UnresolvedFunction> unknown(Syntax syntax) {
    return syntax.calls().filter(call -> !isKnown(Syntax.name(call)));
  }

  private static boolean isKnown(String name) {
    return name.contains(".") || known().contains(name);
  }

  /** What is wrong with the name of a function, and which one was probably meant. */
  static String problem(UnresolvedFunction call) {
    String name = Syntax.name(call);
    return "Unknown function '%s'.%s".formatted(name, Nearest.hint(name, known()));
  }

  private static List<String> known() {
    return asJava(FunctionRegistry.builtin().listFunction()).stream()
        .map(FunctionIdentifier::funcName)
        .toList();
  }

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
