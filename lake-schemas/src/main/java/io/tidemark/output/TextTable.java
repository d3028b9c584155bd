package io.tidemark.output;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text in aligned columns, numbers to the right. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  public TextTable(String... header) {
    rows.add(List.of(header));
  }

  /** Null shows as a dash. */
  public TextTable row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(cell == null ? "-" : cell.toString());
    }
    if (row.size() != rows.get(0).size()) {
      throw new IllegalArgumentException(
          "Cannot add the row %s: the columns are %s".formatted(row, rows.get(0)));
    }
    rows.add(row);
    return this;
  }

  @Override
  public String toString() {
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(i -> rows.stream().mapToInt(row -> row.get(i).length()).max().orElse(0))
            .toArray();
    return rows.stream()
        .map(row -> line(row, widths).stripTrailing() + System.lineSeparator())
        .collect(Collectors.joining());
  }

  private String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = row.get(i);
      String padding = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : "  ");
      line.append(isNumeric(i) ? padding + cell : cell + padding);
    }
    return line.toString();
  }

  private boolean isNumeric(int column) {
    List<String> cells =
        rows.stream().skip(1).map(row -> row.get(column)).filter(c -> !c.equals("-")).toList();
    return !cells.isEmpty()
        && cells.stream().allMatch(cell -> cell.matches("[-+]?[0-9][0-9.,]*( ?%)?"));
  }
}
