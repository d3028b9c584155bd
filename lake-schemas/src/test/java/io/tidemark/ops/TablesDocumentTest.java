package io.tidemark.ops;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.dimension.DimensionTable;
import io.tidemark.schema.EventColumns;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Holds {@code docs/tables.md} to the code, both ways. */
class TablesDocumentTest {
  private static final Path PAGE = Path.of("..", "docs", "tables.md");
  private static final Pattern HEADING = Pattern.compile("(?m)^## (.+)$");

  /** A column's name, its type, and what it says. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([^`]+)` \\| `([^`]+)`( or NULL)? \\| (\\S.{4,}) \\|$");

  private static List<String> documented(String heading) throws IOException {
    String text = "\n" + Files.readString(PAGE);
    assertThat(text).contains("\n## " + heading + "\n");
    String section = text.substring(text.indexOf("\n## " + heading + "\n") + 4).split("\n## ")[0];
    List<String> columns =
        ROW.matcher(section)
            .results()
            .map(row -> column(row.group(1), row.group(2), row.group(3) != null))
            .toList();
    // Nor is there a row that is written otherwise, and so would not be held to anything.
    assertThat(section.lines().filter(line -> line.startsWith("| `"))).hasSameSizeAs(columns);
    return columns;
  }

  private static List<String> defined(StructType columns) {
    return Arrays.stream(columns.fields())
        .map(field -> column(field.name(), field.dataType().sql(), field.nullable()))
        .toList();
  }

  private static String column(String name, String type, boolean isNullable) {
    return name + " " + type + (isNullable ? " or NULL" : "");
  }

  @ParameterizedTest
  @EnumSource(Operations.class)
  void everyColumnOfAnOperationalTableIsDocumentedAndNoOther(Operations table) throws IOException {
    assertThat(documented("`%s`".formatted(table.tableName()))).isEqualTo(defined(table.columns()));
  }

  @Test
  void everyColumnOfAnEventsTableThatIsNotAFieldIsDocumentedAndNoOther() throws IOException {
    StructType columns = EventColumns.of(SchemaBuilder.record("Event").fields().endRecord());

    assertThat(documented("Events tables")).isEqualTo(defined(columns));
  }

  @Test
  void everyColumnOfADimensionThatIsNotAFieldIsDocumentedAndNoOther() throws IOException {
    assertThat(documented("Dimensions"))
        .isEqualTo(defined(DimensionTable.columns(new StructType())));
  }

  @Test
  void noOtherTableIsDocumented() throws IOException {
    Stream<String> headings =
        HEADING.matcher(Files.readString(PAGE)).results().map(heading -> heading.group(1));

    assertThat(headings.filter(heading -> heading.startsWith("`")))
        .containsExactlyElementsOf(
            Arrays.stream(Operations.values())
                .map(table -> "`%s`".formatted(table.tableName()))
                .toList());
  }
}
