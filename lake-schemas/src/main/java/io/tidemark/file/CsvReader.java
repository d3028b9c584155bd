package io.tidemark.file;

import java.util.ArrayList;
import java.util.List;

/**
 * Reads CSV as RFC 4180 has it, with any separator and any of the three line ends. A column without
 * a character and without quotes is null; lines without a character are passed over.
 */
final class CsvReader extends RecordReader {
  private final char separator;
  private final StringBuilder text = new StringBuilder();
  private long quoteLine;
  private int length;

  CsvReader(FileText text, char separator) {
    super(text);
    this.separator = separator;
  }

  @Override
  TextRecord read() {
    int character = first();
    while (character == '\n' || character == '\r') {
      character = first();
    }
    if (character < 0) {
      return null;
    }
    long line = line();
    List<String> columns = new ArrayList<>();
    length = 0;
    while (true) {
      text.setLength(0);
      boolean isQuoted = character == '"';
      long begun = line();
      character = isQuoted ? quoted() : bare(character);
      if (character != separator && !endsLine(character)) {
        quoteLine = begun;
        throw new FaultyFileException(
            "column %d goes on after its closing quote. Write a quote that belongs to the text twice"
                .formatted(columns.size() + 1));
      }
      columns.add(isQuoted || !text.isEmpty() ? text.toString() : null);
      if (character != separator) {
        return TextRecord.of(line, columns);
      }
      character = character();
    }
  }

  /** Where the quote begins that is wrong, if one is. */
  @Override
  long faultyLine() {
    return quoteLine > 0 ? quoteLine : line();
  }

  /** Takes what stands between quotes, and returns the character after them. */
  private int quoted() {
    long begun = line();
    while (true) {
      int character = character();
      if (character == '"') {
        character = character();
        if (character != '"') {
          return character;
        }
      } else if (character < 0) {
        quoteLine = begun;
        throw new FaultyFileException("a quote that begins here does not end. Close it");
      }
      if (length >= LONGEST) {
        quoteLine = begun;
      }
      take(character);
    }
  }

  /** Takes what stands without quotes, and returns the character after it. */
  private int bare(int first) {
    int character = first;
    while (character != separator && !endsLine(character)) {
      take(character);
      character = character();
    }
    return character;
  }

  private void take(int character) {
    if (length++ >= LONGEST) {
      throw new FaultyFileException(
          "a record that begins here has more than %,d characters. Look for a quote that does not end"
              .formatted(LONGEST));
    }
    text.append((char) character);
  }
}
