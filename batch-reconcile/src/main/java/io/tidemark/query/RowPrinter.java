package io.tidemark.query;

import static org.apache.spark.sql.functions.base64;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import io.tidemark.output.TextTable;
import io.tidemark.status.RowContent;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;

/** Ways to print rows. Bytes are printed in Base64. */
enum RowPrinter {
  /** An aligned table of the first rows, for people. */
  TEXT {
    @Override
    void print(Dataset<Row> rows, PrintWriter out) {
      List<Row> first = text(rows).takeAsList(SHOWN + 1);
      TextTable table = new TextTable(rows.columns());
      first.stream().limit(SHOWN).forEach(row -> table.row((Object[]) cells(row)));
      out.print(table);
      if (first.size() > SHOWN) {
        out.printf("Only the first %,d rows. --csv and --json print every row.%n", SHOWN);
      }
      out.flush();
    }
  },

  /** RFC 4180: nothing between two commas is null, two quotes are empty text. */
  CSV {
    @Override
    void print(Dataset<Row> rows, PrintWriter out) {
      out.print(csv(rows.columns()));
      for (Iterator<Row> each = text(rows).toLocalIterator(); hasNext(each, out); ) {
        out.print(csv(cells(each.next())));
      }
      out.flush();
    }
  },

  /** One object per line. */
  JSON {
    @Override
    void print(Dataset<Row> rows, PrintWriter out) {
      Column object = to_json(struct("*"), RowContent.WHOLE);
      for (Iterator<Row> each = rows.select(object).toLocalIterator(); hasNext(each, out); ) {
        out.print(each.next().getString(0) + "\n");
      }
      out.flush();
    }
  };

  private static final int SHOWN = 1000;

  /** Holds no more rows in memory than Spark hands over at once, unless said otherwise. */
  abstract void print(Dataset<Row> rows, PrintWriter out);

  /** Ends also when nobody reads on: {@code query … | head}. */
  private static boolean hasNext(Iterator<Row> rows, PrintWriter out) {
    return !out.checkError() && rows.hasNext();
  }

  /** Every column as text, by position, since names may be double. */
  private static Dataset<Row> text(Dataset<Row> rows) {
    StructField[] fields = rows.schema().fields();
    String[] names =
        IntStream.range(0, fields.length).mapToObj(i -> "c" + i).toArray(String[]::new);
    Column[] texts =
        IntStream.range(0, fields.length)
            .mapToObj(
                i ->
                    fields[i].dataType().equals(DataTypes.BinaryType)
                        ? base64(col(names[i]))
                        : col(names[i]).cast(DataTypes.StringType))
            .toArray(Column[]::new);
    return rows.toDF(names).select(texts);
  }

  private static String[] cells(Row row) {
    return IntStream.range(0, row.length()).mapToObj(row::getString).toArray(String[]::new);
  }

  private static String csv(String[] cells) {
    return Arrays.stream(cells).map(RowPrinter::quoted).collect(Collectors.joining(",")) + "\r\n";
  }

  private static String quoted(String cell) {
    if (cell == null) {
      return "";
    }
    return cell.isEmpty() || cell.matches("(?s).*[\",\r\n].*")
        ? '"' + cell.replace("\"", "\"\"") + '"'
        : cell;
  }
}
