package io.tidemark.file;

/**
 * The records of a text, one after the other. A fault that hides where the next record begins is
 * the end.
 */
abstract sealed class RecordReader permits CsvReader, JsonLinesReader {
  /** In characters; Kafka takes no record of nearly this size. */
  static final int LONGEST = 32 * 1024 * 1024;

  private final FileText text;
  private int previous = -1;
  private long line = 1;
  private boolean broken;

  RecordReader(FileText text) {
    this.text = text;
  }

  /** The next record, or null at the end. */
  final TextRecord next() {
    if (broken) {
      return null;
    }
    try {
      return read();
    } catch (FaultyFileException e) {
      broken = true;
      return TextRecord.faulty(faultyLine(), e.getMessage());
    }
  }

  abstract TextRecord read();

  /** Where a fault is that was found just now. */
  long faultyLine() {
    return line;
  }

  /** The line that the next character is on: lines end in LF, CR or CRLF. */
  final long line() {
    return line;
  }

  /**
   * The next character, or -1 at the end.
   *
   * @throws FaultyFileException if it is not text
   */
  final int character() {
    int character = text.read();
    if (character == 0) {
      throw new FaultyFileException(
          "the line has a NUL, which no text has. The file may be damaged, or encoded otherwise:"
              + " then name its encoding under replay.encoding in pipeline.yaml");
    }
    if (character == '\r' || character == '\n' && previous != '\r') {
      line++;
    }
    previous = character;
    return character;
  }

  /** The first character of a record: what is left of the last one's end is passed over. */
  final int first() {
    int before = previous;
    int character = character();
    return before == '\r' && character == '\n' ? character() : character;
  }

  static boolean endsLine(int character) {
    return character == '\n' || character == '\r' || character < 0;
  }
}
