package io.tidemark.pipeline;

import java.util.ArrayList;
import java.util.Collection;
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

  public boolean isEmpty() {
    return problems.isEmpty();
  }

  public List<Problem> list() {
    return List.copyOf(problems);
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
