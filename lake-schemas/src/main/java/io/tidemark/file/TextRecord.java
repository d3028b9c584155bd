package io.tidemark.file;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A record of a file as text.
 *
 * @param line where it begins, from 1; of a faulty one, where the fault is
 * @param values a null is an empty column
 * @param fault why it cannot be split into columns, else null
 */
record TextRecord(long line, List<String> values, String fault) {
  static TextRecord of(long line, List<String> values) {
    return new TextRecord(line, values, null);
  }

  static TextRecord of(long line, String... values) {
    return of(line, Arrays.asList(values));
  }

  static TextRecord faulty(long line, String fault) {
    return new TextRecord(line, Collections.emptyList(), fault);
  }
}
