package io.tidemark.pipeline;

import java.nio.charset.Charset;
import java.util.Optional;

/**
 * How a file of records is written.
 *
 * @param encoding empty for UTF-8, or what a byte order mark says
 * @param separator between the columns of a CSV file
 */
public record FileFormat(Optional<Charset> encoding, char separator) {
  public static final FileFormat DEFAULT = new FileFormat(Optional.empty(), ',');

  static FileFormat of(Section section) {
    Optional<Charset> encoding = section.optional("encoding", Value::encoding);
    Character separator = section.optional("separator", ",", Value::separator);
    return new FileFormat(encoding, separator == null ? ',' : separator);
  }
}
