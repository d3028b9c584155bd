package io.tidemark.view.validation;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.pipeline.Nearest;
import io.tidemark.view.Syntax;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.catalyst.FunctionIdentifier;
import org.apache.spark.sql.catalyst.analysis.FunctionRegistry;

/** The functions that an expression calls by name. */
public final class CalledFunctions {
  private CalledFunctions() {}

  /** Those that Spark does not have, each with what was probably meant. */
  static SortedMap<String, Optional<String>> unknown(String expression) {
    List<String> known =
        asJava(FunctionRegistry.builtin().listFunction()).stream()
            .map(FunctionIdentifier::funcName)
            .toList();
    SortedMap<String, Optional<String>> unknown = new TreeMap<>();
    // One with a dot in its name is of a catalog.
    in(expression).stream()
        .filter(name -> !name.contains(".") && !known.contains(name))
        .forEach(name -> unknown.put(name, Nearest.of(name, known)));
    return unknown;
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
