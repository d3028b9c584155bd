package io.tidemark.pipeline;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Everything that is wrong with a configuration, found in one pass. */
public final class Problems {
  private final List<Problem> problems = new ArrayList<>();

  public void add(String file, int line, String key, String message) {
    problems.add(new Problem(file, line, key, message));
  }

  public void addAll(Collection<Problem> others) {
    problems.addAll(others);
  }

  /** Takes back the problems of a key that begin with some words, for one that says more. */
  void withdraw(String key, String words) {
    problems.removeIf(problem -> problem.key().equals(key) && problem.message().startsWith(words));
  }

  public boolean isEmpty() {
    return problems.isEmpty();
  }

  /** By files, in the order in which they were read, and by lines. */
  public List<Problem> list() {
    List<String> files = problems.stream().map(Problem::file).distinct().toList();
    return problems.stream()
        .sorted(
            Comparator.<Problem>comparingInt(problem -> files.indexOf(problem.file()))
                .thenComparingInt(Problem::line))
        .toList();
  }

  /**
   * @throws InvalidConfigurationException with every problem, if there is any
   */
  public void refuse() {
    if (!isEmpty()) {
      throw new InvalidConfigurationException(list());
    }
  }

  /**
   * @param line from 1, or 0 if the file as a whole is meant
   * @param key the dotted key, or empty
   */
  public record Problem(String file, int line, String key, String message) {
    @Override
    public String toString() {
      String place = line > 0 ? file + ":" + line : file;
      return key.isEmpty() ? place + ": " + message : place + ": " + key + ": " + message;
    }
  }
}
