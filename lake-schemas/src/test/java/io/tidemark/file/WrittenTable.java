package io.tidemark.file;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/**
 * A table of awkward texts, and the bytes of a file that says the same. It knows nothing of how
 * files are read.
 *
 * @param quoteAll whether columns are quoted that need not be
 * @param mark whether a byte order mark begins the file
 * @param endsLast whether the last line ends
 */
record WrittenTable(
    List<List<String>> rows,
    Charset charset,
    char separator,
    String lineEnd,
    boolean isJson,
    boolean isZipped,
    boolean quoteAll,
    boolean mark,
    boolean endsLast) {
  private static final List<String> PIECES =
      List.of(
          "a",
          "Z",
          "7",
          " ",
          "\t",
          ",",
          ";",
          "|",
          "\"",
          "\"\"",
          "'",
          "\\",
          "\\\"",
          "\n",
          "\r",
          "\r\n",
          "#",
          "NULL",
          "null",
          "true",
          "1e5",
          "-0.0",
          "{",
          "}",
          "[",
          "]",
          ":",
          "%20",
          "é",
          "É",
          "ß",
          "£",
          "ÿ",
          "\u00a0",
          "€",
          "„",
          "漢",
          "か\u3099",
          "🚲",
          "👩\u200d🚀",
          "\u2028",
          "\ufeff",
          "\u0001",
          "\u001f",
          "\u007f",
          "\u0085",
          "\u001a");

  private static final List<Charset> CHARSETS =
      List.of(
          StandardCharsets.UTF_8,
          StandardCharsets.UTF_8,
          StandardCharsets.ISO_8859_1,
          Charset.forName("windows-1252"),
          StandardCharsets.UTF_16LE,
          StandardCharsets.UTF_16BE,
          Charset.forName("UTF-32LE"),
          Charset.forName("Shift_JIS"),
          Charset.forName("GB18030"),
          Charset.forName("IBM850"));

  static WrittenTable random(long seed) {
    Random random = new Random(seed);
    boolean isJson = random.nextInt(4) == 0;
    Charset charset = CHARSETS.get(random.nextInt(CHARSETS.size()));
    List<List<String>> rows = new ArrayList<>();
    int columns = 1 + random.nextInt(6);
    for (int i = random.nextInt(9); i >= 0; i--) {
      List<String> row = new ArrayList<>();
      for (int j = 0; j < columns; j++) {
        row.add(text(random, charset));
      }
      rows.add(row);
    }
    char separator = ",;\t|".charAt(random.nextInt(4));
    String lineEnd = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
    boolean isUnicode = charset.name().startsWith("UTF-");
    return new WrittenTable(
        rows,
        charset,
        separator,
        lineEnd,
        isJson,
        random.nextInt(4) == 0,
        random.nextBoolean(),
        isUnicode && random.nextBoolean(),
        random.nextBoolean());
  }

  private static String text(Random random, Charset charset) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      String piece = PIECES.get(random.nextInt(PIECES.size()));
      // What an encoding has no bytes for, or reads back as something else, is not its text.
      if (new String(piece.getBytes(charset), charset).equals(piece)) {
        text.append(piece);
      }
    }
    return text.toString();
  }

  WrittenTable with(List<List<String>> others) {
    return new WrittenTable(
        others, charset, separator, lineEnd, isJson, isZipped, quoteAll, mark, endsLast);
  }

  Path write(Path folder) throws IOException {
    Path file =
        folder.resolve(
            "table %s".formatted(isJson ? "[1].jsonl" : "{a}.csv") + (isZipped ? ".GZ" : ""));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var out = isZipped ? new GZIPOutputStream(bytes) : bytes) {
      out.write(text().getBytes(charset));
    }
    return Files.write(file, bytes.toByteArray());
  }

  private String text() {
    List<String> lines = lines();
    return (mark ? "\ufeff" : "") + String.join(lineEnd, lines) + (endsLast ? lineEnd : "");
  }

  /** One for the header of CSV, and one for each row. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    if (!isJson) {
      List<String> names = new ArrayList<>();
      for (int i = 0; i < rows.get(0).size(); i++) {
        names.add("column " + i);
      }
      lines.add(String.join(String.valueOf(separator), names));
    }
    for (List<String> row : rows) {
      lines.add(isJson ? object(row) : line(row));
    }
    return lines;
  }

  private String line(List<String> row) {
    List<String> columns = new ArrayList<>();
    for (String text : row) {
      boolean needsQuotes =
          text.isEmpty() || text.chars().anyMatch(c -> c == separator || "\"\r\n".indexOf(c) >= 0);
      columns.add(needsQuotes || quoteAll ? "\"" + text.replace("\"", "\"\"") + "\"" : text);
    }
    return String.join(String.valueOf(separator), columns);
  }

  private static String object(List<String> row) {
    StringBuilder object = new StringBuilder("{");
    for (int i = 0; i < row.size(); i++) {
      object.append(i == 0 ? "" : ", ").append("\"column ").append(i).append("\": \"");
      for (char c : row.get(i).toCharArray()) {
        if (c == '"' || c == '\\') {
          object.append('\\').append(c);
        } else if (c < ' ') {
          object.append("\\u%04x".formatted((int) c));
        } else {
          object.append(c);
        }
      }
      object.append('"');
    }
    return object.append('}').toString();
  }

  /** The line that a row begins on. */
  long lineOf(int row) {
    long line = 1;
    List<String> lines = lines();
    for (String before : lines.subList(0, row + (isJson ? 0 : 1))) {
      line += 1 + before.replace("\r\n", "\n").chars().filter(c -> c == '\r' || c == '\n').count();
    }
    return line;
  }
}
