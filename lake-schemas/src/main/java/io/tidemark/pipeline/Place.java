package io.tidemark.pipeline;

/**
 * Where a value stands in a file that a person wrote.
 *
 * @param line from 1
 * @param key dotted
 */
public record Place(String file, int line, String key) {
  @Override
  public String toString() {
    return "%s:%d: %s".formatted(file, line, key);
  }
}
