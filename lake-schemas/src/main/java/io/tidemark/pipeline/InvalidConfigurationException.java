package io.tidemark.pipeline;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used; the exit code is 2. */
public final class InvalidConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Problems.Problem> problems;

  public InvalidConfigurationException(List<Problems.Problem> problems) {
    super(
        "Cannot use the configuration: %d problem%s%n%s"
            .formatted(
                problems.size(),
                problems.size() == 1 ? "" : "s",
                problems.stream()
                    .map(p -> "  " + p)
                    .collect(Collectors.joining(System.lineSeparator()))));
    this.problems = List.copyOf(problems);
  }

  public List<Problems.Problem> problems() {
    return problems;
  }
}
