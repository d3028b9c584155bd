package io.tidemark.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever stands in a table, and however it is written, is what is read. */
class AnyFileTest {
  private static final int FILES = Integer.getInteger("tidemark.files", 2_000);
  private static final long SEED = Long.getLong("tidemark.files.seed", 20_101_201L);

  @TempDir private Path folder;

  @Test
  void whatIsWrittenIsReadWithTheLineThatItBeginsOn() throws IOException {
    for (int i = 0; i < FILES; i++) {
      WrittenTable table = WrittenTable.random(SEED + i);
      if (problem(table) != null) {
        WrittenTable least = shrunk(table);
        fail("seed %d: %s%n%s", SEED + i, problem(least), least);
      }
    }
  }

  @Test
  void aFaultIsNamedWithItsLineAndWhatStandsBeforeItIsRead() throws IOException {
    for (int i = 0; i < FILES / 2; i++) {
      Random random = new Random(SEED - i);
      WrittenTable table = WrittenTable.random(random.nextLong());
      Fault fault = Fault.values()[random.nextInt(Fault.values().length)];
      int last = table.rows().size() - 1;
      int row = fault == Fault.QUOTE_WITHOUT_END ? last : random.nextInt(last + 1);
      Path file = fault.write(table, row, folder);
      List<TextRecord> records = read(file, Optional.of(table.charset()), table);
      int first = table.isJson() ? 0 : 1;
      assertThat(records.size())
          .as("seed %d, fault %s in row %d of %s: %s", SEED - i, fault, row, table, records)
          .isGreaterThan(first + row);
      TextRecord faulty = records.get(first + row);
      boolean isNamed =
          faulty.fault() != null || faulty.values().size() != table.rows().get(0).size();
      assertThat(isNamed && faulty.line() == table.lineOf(row))
          .as("seed %d, fault %s in row %d of %s: %s", SEED - i, fault, row, table, faulty)
          .isTrue();
    }
  }

  /** What can be wrong with a row, all of it on the line that the row begins on. */
  private enum Fault {
    NUL("\0"),
    TRUNCATED_CHARACTER("\0"),
    QUOTE_WITHOUT_END("\""),
    TEXT_AFTER_QUOTE("\"a\"b");

    private final String text;

    Fault(String text) {
      this.text = text;
    }

    Path write(WrittenTable table, int row, Path folder) throws IOException {
      List<String> lines = new ArrayList<>(table.lines());
      int line = row + (table.isJson() ? 0 : 1);
      List<byte[]> parts = new ArrayList<>();
      parts.add(
          (String.join(table.lineEnd(), lines.subList(0, line))
                  + (line == 0 ? "" : table.lineEnd()))
              .getBytes(table.charset()));
      parts.add(
          this == TRUNCATED_CHARACTER && table.charset().equals(UTF_8)
              ? new byte[] {'a', (byte) 0xe9, '"'}
              : text.getBytes(table.charset()));
      parts.add(
          (table.lineEnd() + String.join(table.lineEnd(), lines.subList(line + 1, lines.size())))
              .getBytes(table.charset()));
      Path file = folder.resolve(table.isJson() ? "faulty.json" : "faulty.csv");
      Files.write(file, new byte[0]);
      for (byte[] part : parts) {
        Files.write(file, part, java.nio.file.StandardOpenOption.APPEND);
      }
      return file;
    }
  }

  private String problem(WrittenTable table) throws IOException {
    Path file = table.write(folder);
    Optional<Charset> told =
        table.mark() || table.charset().equals(UTF_8)
            ? Optional.empty()
            : Optional.of(table.charset());
    List<TextRecord> records = read(file, told, table);
    int header = table.isJson() ? 0 : 1;
    if (records.size() != table.rows().size() + header) {
      return "%d records read: %s".formatted(records.size() - header, records);
    }
    for (int row = 0; row < table.rows().size(); row++) {
      TextRecord record = records.get(row + header);
      if (record.fault() != null
          || record.line() != table.lineOf(row)
          || !values(record, table).equals(table.rows().get(row))) {
        return "row %d is read as %s".formatted(row, record);
      }
    }
    return null;
  }

  private static List<String> values(TextRecord record, WrittenTable table) throws IOException {
    if (!table.isJson()) {
      return record.values();
    }
    List<String> values = new ArrayList<>();
    new ObjectMapper()
        .readTree(record.values().get(0))
        .elements()
        .forEachRemaining(value -> values.add(value.asText()));
    return values;
  }

  private static List<TextRecord> read(Path file, Optional<Charset> told, WrittenTable table)
      throws IOException {
    List<TextRecord> records = new ArrayList<>();
    try (FileText text = FileText.open(file, told)) {
      RecordReader reader =
          table.isJson() ? new JsonLinesReader(text) : new CsvReader(text, table.separator());
      for (TextRecord record = reader.next(); record != null; record = reader.next()) {
        records.add(record);
      }
    } catch (FaultyFileException e) {
      records.add(TextRecord.faulty(1, e.getMessage()));
    }
    return records;
  }

  /** Takes away rows, columns and characters for as long as the problem stays. */
  private WrittenTable shrunk(WrittenTable table) throws IOException {
    WrittenTable least = table;
    for (boolean smaller = true; smaller; ) {
      smaller = false;
      for (WrittenTable next : smaller(least)) {
        if (problem(next) != null) {
          least = next;
          smaller = true;
          break;
        }
      }
    }
    return least;
  }

  private static List<WrittenTable> smaller(WrittenTable table) {
    List<WrittenTable> all = new ArrayList<>();
    List<List<String>> rows = table.rows();
    for (int i = 0; i < rows.size() && rows.size() > 1; i++) {
      List<List<String>> fewer = new ArrayList<>(rows);
      fewer.remove(i);
      all.add(table.with(fewer));
    }
    for (int i = 0; i < rows.size(); i++) {
      for (int j = 0; j < rows.get(i).size(); j++) {
        String text = rows.get(i).get(j);
        if (!text.isEmpty()) {
          int half = text.offsetByCodePoints(0, text.codePointCount(0, text.length()) / 2);
          for (String part : List.of("", text.substring(0, half), text.substring(half))) {
            if (part.length() < text.length()) {
              List<List<String>> other = new ArrayList<>(rows);
              List<String> row = new ArrayList<>(rows.get(i));
              row.set(j, part);
              other.set(i, row);
              all.add(table.with(other));
            }
          }
        }
      }
    }
    return all;
  }
}
