package io.tidemark.deadletters;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.HexFormat;
import java.util.Optional;

/** Bytes as a person reads them. */
final class RecordBytes {
  private static final int PER_LINE = 16;
  private static final HexFormat SPACED = HexFormat.ofDelimiter(" ");

  private RecordBytes() {}

  /** A text in quotes if they are one that can be shown, or else hexadecimal; '-' for null. */
  static String line(byte[] bytes) {
    if (bytes == null) {
      return "-";
    }
    return text(bytes).map("'%s'"::formatted).orElseGet(() -> SPACED.formatHex(bytes));
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text.equals(printable(text)) ? Optional.of(text) : Optional.empty();
    } catch (CharacterCodingException notAText) {
      return Optional.empty();
    }
  }

  /** What steers a terminal, or breaks the line, becomes a replacement character. */
  static String printable(String text) {
    return text.codePoints()
        .map(
            point ->
                Character.isISOControl(point)
                        || Character.getType(point) == Character.FORMAT
                        || Character.getType(point) == Character.LINE_SEPARATOR
                        || Character.getType(point) == Character.PARAGRAPH_SEPARATOR
                    ? '\uFFFD'
                    : point)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** All of them, sixteen to a line, with their offsets and what is ASCII among them. */
  static String dump(byte[] bytes) {
    StringBuilder dump = new StringBuilder();
    for (int from = 0; from < bytes.length; from += PER_LINE) {
      int until = Math.min(from + PER_LINE, bytes.length);
      StringBuilder characters = new StringBuilder();
      for (int i = from; i < until; i++) {
        characters.append(bytes[i] >= ' ' && bytes[i] <= '~' ? (char) bytes[i] : '.');
      }
      dump.append(
          "%08x  %-47s  |%s|%n".formatted(from, SPACED.formatHex(bytes, from, until), characters));
    }
    return dump.toString();
  }
}
