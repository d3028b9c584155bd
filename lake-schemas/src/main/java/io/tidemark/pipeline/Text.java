package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that people write, in UTF-8. */
public final class Text {
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  private Text() {}

  /**
   * All of a file; the byte order mark that some editors put before it is not part of the text.
   *
   * @throws java.nio.charset.CharacterCodingException if it is not UTF-8
   */
  public static String of(Path file) throws IOException {
    String text = Files.readString(file, UTF_8);
    return !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK ? text.substring(1) : text;
  }
}
