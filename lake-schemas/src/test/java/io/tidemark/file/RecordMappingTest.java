package io.tidemark.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordMappingTest {
  @TempDir Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void columnsBecomeFieldsByNameByExpressionOrByDefault() throws IOException {
    Row line = map("7,2010-12-01 08:26:00,6,2.555,\"a \"\"b\"\", c\"\n").get(0);
    assertThat(line.<String>getAs("invoice")).isEqualTo("7");
    assertThat(line.<Timestamp>getAs("event_time").toInstant())
        .isEqualTo(Instant.parse("2010-12-01T08:26:00Z"));
    assertThat(line.<BigDecimal>getAs("price")).isEqualByComparingTo("2.555");
    assertThat(line.<String>getAs("note")).isEqualTo("a \"b\", c");
    assertThat(line.<String>getAs("shop")).isEqualTo("London");
    assertThat(line.<String>getAs(RecordMapping.KEY)).isEqualTo("7");
    assertThat(line.<String>getAs(RecordMapping.PROBLEM)).isNull();
  }

  @Test
  void linesAreNumberedWithinTheirGroupInTheOrderOfTheFile() throws IOException {
    List<Row> lines =
        map(
            """
            8,2010-12-01 08:26:00,1,1,
            7,2010-12-01 08:26:00,2,1,
            8,2010-12-01 08:20:00,3,1,
            7,2010-12-01 08:26:00,2,1,
            """);
    assertThat(lines)
        .extracting(line -> line.getAs("event_id") + "=" + line.getAs("quantity"))
        .containsExactly("8-1=1", "7-1=2", "8-2=3", "7-2=2");
  }

  @Test
  void whatDoesNotFitItsFieldExactlyIsAProblemAndNotRounded() throws IOException {
    assertThat(map("7,2010-12-01 08:26:00,six,1,\n"))
        .extracting(line -> line.getAs(RecordMapping.PROBLEM))
        .containsExactly("field 'quantity': 'six' is no INT");
    assertThat(map("7,2010-12-01 08:26:00,6,2.5555,\n"))
        .extracting(line -> line.getAs(RecordMapping.PROBLEM))
        .containsExactly("field 'price': '2.5555' is no DECIMAL(18,3)");
    assertThat(map("7,,6,2.5,\n"))
        .extracting(line -> line.getAs(RecordMapping.PROBLEM))
        .containsExactly("field 'event_time' is empty");
    assertThat(map("7,2010-12-01 08:26:00,6\n"))
        .extracting(line -> line.<String>getAs(RecordMapping.PROBLEM))
        .first()
        .asString()
        .startsWith("it does not have the file's columns");
  }

  @Test
  void aFieldThatNothingGivesAValueToIsRefusedByName() throws IOException {
    ReplayMapping byName = new ReplayMapping(Map.of(), List.of(), List.of(), Optional.empty());
    var records = new RecordFile(csv("")).records(lake.spark(), OptionalLong.empty());
    assertThatThrownBy(() -> new RecordMapping(Lines.SCHEMA, byName).map(records))
        .hasMessageStartingWith("Cannot map records to field 'event_id' of Line")
        .hasMessageContaining("[Price, at, invoice, note, quantity]");
  }

  @Test
  void whatItsAvroTypeDoesNotTakeIsAProblem() throws IOException {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Rate", "fields": [
                  {"name": "at", "type": {"type": "enum", "name": "At", "symbols": ["OPEN", "CLOSE"]}},
                  {"name": "note", "type": ["null", {"type": "enum", "name": "Note", "symbols": ["FIXED"]}]},
                  {"name": "invoice", "type": {"type": "fixed", "name": "Code", "size": 3}}]}""");
    ReplayMapping byName = new ReplayMapping(Map.of(), List.of(), List.of(), Optional.empty());
    var records =
        new RecordFile(
                csv(
                    """
                    EUR,OPEN,,,FIXED
                    EUR,CLOSE,,,
                    EUR,NOON,,,
                    EUR,OPEN,,,free
                    EURO,OPEN,,,
                    EUR,,,,
                    """))
            .records(lake.spark(), OptionalLong.empty());

    assertThat(
            new RecordMapping(schema, byName)
                .map(records)
                .orderBy(RecordFile.POSITION)
                .collectAsList())
        .extracting(line -> line.getAs(RecordMapping.PROBLEM))
        .containsExactly(
            null,
            null,
            "field 'at': 'NOON' is none of OPEN, CLOSE",
            "field 'note': 'free' is none of FIXED",
            "field 'invoice': 'EURO' does not have 3 bytes",
            "field 'at' is empty");
  }

  @Test
  void aFieldNamedLikeOneOfOursIsRefused() {
    Schema schema = SchemaBuilder.record("Rate").fields().requiredString("_kind").endRecord();
    assertThatThrownBy(() -> new RecordMapping(schema, Lines.MAPPING))
        .hasMessageStartingWith("Cannot map records to field '_kind' of Rate: names with");
  }

  @Test
  void aFieldThatSpansLinesCountsAllOfThem() throws IOException {
    RecordFile file =
        new RecordFile(
            csv(
                """
                7,2010-12-01 08:26:00,6,1,"one
                two"
                7,2010-12-01 08:26:00,6,1,
                """));
    assertThat(file.lineOf(lake.spark(), 0)).isEqualTo(2);
    assertThat(file.lineOf(lake.spark(), 1)).isEqualTo(4);
  }

  @Test
  void jsonLinesKeepTheDigitsOfTheirNumbers() throws IOException {
    Path file = folder.resolve("lines.jsonl.gz");
    try (OutputStream bytes = new GZIPOutputStream(Files.newOutputStream(file))) {
      bytes.write(
          """
          {"invoice": 7, "at": "2010-12-01 08:26:00", "quantity": 6, "Price": 12345678901234.125}
          {"invoice": 7, "at": "2010-12-01 08:26:00", "quantity": 6, "Price": "1.10", "note": "x"}
          """
              .getBytes(StandardCharsets.UTF_8));
    }
    assertThat(map(file))
        .extracting(line -> line.getAs("event_id") + " " + line.getAs("price"))
        .containsExactly("7-1 12345678901234.125", "7-2 1.100");
  }

  @Test
  void onlyTheFirstRecordsAreReadOnRequest() throws IOException {
    String line = "7,2010-12-01 08:26:00,6,1,\n";
    var records = new RecordFile(csv(line.repeat(10))).records(lake.spark(), OptionalLong.of(3));
    assertThat(records.count()).isEqualTo(3);
  }

  private List<Row> map(String lines) throws IOException {
    return map(csv(lines));
  }

  private List<Row> map(Path file) {
    var records = new RecordFile(file).records(lake.spark(), OptionalLong.empty());
    return new RecordMapping(Lines.SCHEMA, Lines.MAPPING)
        .map(records)
        .orderBy(RecordFile.POSITION)
        .collectAsList();
  }

  private Path csv(String lines) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "lines", ".csv"), Lines.HEADER + lines);
  }
}
