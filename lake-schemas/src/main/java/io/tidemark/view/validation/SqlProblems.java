package io.tidemark.view.validation;

import io.tidemark.pipeline.Problems;
import io.tidemark.pipeline.ViewDefinition;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What is wrong with the SQL of one view. */
final class SqlProblems {
  private final Set<Problems.Problem> problems =
      new TreeSet<>(
          Comparator.comparingInt(Problems.Problem::line).thenComparing(Problems.Problem::message));
  private final String file;
  private final String view;

  SqlProblems(ViewDefinition view) {
    this(view.file().toString(), view.name());
  }

  SqlProblems(String file, String view) {
    this.file = file;
    this.view = view;
  }

  /** Adds "Cannot {@code what}: {@code why}. Remedy: {@code remedy}." */
  void refuse(int line, String what, String why, String remedy) {
    add(line, "Cannot %s: %s. Remedy: %s.".formatted(what, why, remedy));
  }

  void add(int line, String message) {
    problems.add(new Problems.Problem(file, line, view, message));
  }

  boolean has(int line) {
    return problems.stream().anyMatch(problem -> problem.line() == line);
  }

  boolean isEmpty() {
    return problems.isEmpty();
  }

  /** By line, each once: Spark repeats an expression wherever it is used. */
  List<Problems.Problem> list() {
    return List.copyOf(problems);
  }
}
