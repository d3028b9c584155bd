package io.tidemark.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.pipeline.FileFormat;
import io.tidemark.pipeline.Place;
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
  private static final ReplayMapping MAPPING = Lines.MAPPING;

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
        .containsExactly("field 'quantity': 'six' cannot be read as INT");
    assertThat(map("7,2010-12-01 08:26:00,6,2.5555,\n"))
        .extracting(line -> line.getAs(RecordMapping.PROBLEM))
        .containsExactly("field 'price': '2.5555' cannot be read as DECIMAL(18,3)");
    assertThat(map("7,,6,2.5,\n"))
        .extracting(line -> line.getAs(RecordMapping.PROBLEM))
        .containsExactly("field 'event_time' is empty");
    assertThat(map("7,2010-12-01 08:26:00,6\n"))
        .extracting(line -> line.<String>getAs(RecordMapping.PROBLEM))
        .first()
        .asString()
        .isEqualTo("it has 3 columns, and the header 5. Correct the line, or the header");
  }

  @Test
  void aFieldThatNothingGivesAValueToIsRefusedByName() throws IOException {
    ReplayMapping byName = new ReplayMapping(Map.of(), List.of(), List.of(), Optional.empty());
    var records = new RecordFile(csv("")).records(lake.spark(), OptionalLong.empty());
    assertThatThrownBy(() -> new RecordMapping(Lines.SCHEMA, byName).map(records))
        .hasMessageStartingWith("Cannot map records to field 'event_id' of Line")
        .hasMessageContaining("[Price, at, invoice, note, quantity]");
  }

  /** Whoever reads a uuid as text takes any, as landing does. */
  @Test
  void aUuidIsAText() throws IOException {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Sale", "fields": [
                  {"name": "invoice", "type": {"type": "string", "logicalType": "uuid"}}]}\
                """);
    ReplayMapping byName = new ReplayMapping(Map.of(), List.of(), List.of(), Optional.empty());
    Row sale =
        new RecordMapping(schema, byName)
            .map(
                new RecordFile(csv("r1,2010-12-01 08:26:00,1,1,\n"))
                    .records(lake.spark(), OptionalLong.empty()))
            .head();

    assertThat(sale.<String>getAs("invoice")).isEqualTo("r1");
    assertThat(sale.<String>getAs(RecordMapping.PROBLEM)).isNull();
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
                  {"name": "invoice", "type": {"type": "fixed", "name": "Code", "size": 3}}]}\
                """);
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
    var lines = file.records(lake.spark(), OptionalLong.empty()).collectAsList();
    assertThat(lines).extracting(line -> line.getAs(RecordFile.LINE)).containsExactly(2L, 4L);
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

  @Test
  void textIsATimeOnlyIfItIsOneWhole() throws IOException {
    for (String at :
        List.of("08:05:00", "2024", "2024-06", "today", "now", "epoch", "2024-06-01 08")) {
      assertThat(problem("7,%s,6,1,\n".formatted(at), MAPPING))
          .isEqualTo("field 'event_time': '%s' cannot be read as TIMESTAMP".formatted(at));
      for (String expression :
          List.of("to_timestamp(at)", "cast(at AS timestamp)", "timestamp(at) + INTERVAL 1 HOUR")) {
        assertThat(problem("7,%s,6,1,\n".formatted(at), time(expression)))
            .isEqualTo(
                "field 'event_time': '%s' cannot be read as TIMESTAMP by %s"
                    .formatted(at, expression));
      }
    }
    String formatted = "to_timestamp(at, 'M/d/yyyy H:mm')";
    assertThat(problem("7,12/1/2010 8:26 PM,6,1,\n", time(formatted)))
        .isEqualTo(
            "field 'event_time': '12/1/2010 8:26 PM' cannot be read as TIMESTAMP by " + formatted);
    assertThat(problem("7,12/1/2010 8:26,6,1,\n", time(formatted))).isNull();
    assertThat(problem("7,2010-12-01 08:26:00,6,1,\n", time("to_timestamp(at)"))).isNull();
  }

  @Test
  void anExpressionNamesColumnsThatTheFileHasAndGivesTheSameEachTime() throws IOException {
    assertThatThrownBy(() -> problem("", time("upper(att)")))
        .hasMessage(
            "Cannot map records to field 'event_time' of Line: the expression upper(att) names the"
                + " column att, which the file does not have. Did you mean at? (columns: invoice,"
                + " at, quantity, Price, note)");
    for (String expression :
        List.of("now()", "rand()", "uuid()", "current_date", "localtimestamp()")) {
      assertThatThrownBy(() -> problem("", time(expression)))
          .hasMessageContaining(
              "the expression %s gives another value each time".formatted(expression));
    }
    assertThatThrownBy(() -> problem("", time("row_number() OVER (ORDER BY at)")))
        .hasMessageContaining("looks at other records too");
    assertThatThrownBy(() -> problem("", time("split(at, ' ')")))
        .hasMessageContaining("gives ARRAY<STRING>, and the field takes TIMESTAMP");
  }

  @Test
  void whatATypedExpressionLosesIsAProblem() throws IOException {
    ReplayMapping thirds =
        new ReplayMapping(
            Map.of(
                "event_time", "at", "price", "Price", "quantity", "cast(quantity AS double) / 4"),
            List.of("invoice", "line"),
            List.of(),
            MAPPING.lineNumber());
    assertThat(problem("7,2010-12-01 08:26:00,8,1,\n", thirds)).isNull();
    assertThat(problem("7,2010-12-01 08:26:00,9,1,\n", thirds))
        .isEqualTo("field 'quantity': '2.25' cannot be read as INT");
    assertThat(problem("7,2010-12-01 08:26:00,nine,1,\n", thirds))
        .isEqualTo(
            "field 'quantity': 'nine' cannot be read as INT by cast(quantity AS double) / 4");
  }

  @Test
  void recordsArriveWhenTheFileSaysOrWithTheLatestEventBeforeThem() throws IOException {
    String lines =
        """
        7,2010-12-01 08:30:00,1,1,2010-12-01 08:31:00
        8,2010-12-01 08:26:00,2,1,2010-12-01 09:00:00
        9,2099-01-01 00:00:00,3,1,2010-12-01 08:59:00
        10,2010-12-01 08:40:00,4,1,
        """;
    assertThat(map(csv(lines), MAPPING))
        .extracting(line -> line.<Timestamp>getAs(RecordMapping.ARRIVED).toInstant().toString())
        .containsExactly(
            "2010-12-01T08:30:00Z",
            "2010-12-01T08:30:00Z",
            "2010-12-01T08:30:00Z",
            "2010-12-01T08:40:00Z");
    ReplayMapping told =
        new ReplayMapping(
            MAPPING.fields(),
            MAPPING.eventId(),
            MAPPING.key(),
            MAPPING.lineNumber(),
            Optional.of("note"),
            FileFormat.DEFAULT);
    assertThat(map(csv(lines), told))
        .extracting(line -> line.<Timestamp>getAs(RecordMapping.ARRIVED))
        .extracting(arrived -> arrived == null ? null : arrived.toInstant().toString())
        .containsExactly(
            "2010-12-01T08:31:00Z", "2010-12-01T09:00:00Z", "2010-12-01T08:59:00Z", null);
    assertThat(problem("7,2010-12-01 08:30:00,1,1,\n", told))
        .isEqualTo("field replay.arrival is empty");
  }

  @Test
  void aDefaultIsOfItsLogicalTypeAndEventIdsEndInAMark() throws IOException {
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Rate", "fields": [
                  {"name": "event_id", "type": "string"},
                  {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, "default": "\\u0001"},
                  {"name": "since", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 1000},
                  {"name": "invoice", "type": "string"}]}\
                """);
    ReplayMapping mapping =
        new ReplayMapping(Map.of(), List.of("invoice"), List.of(), Optional.empty());
    Path file = Files.writeString(folder.resolve("rates.csv"), "INVOICE\n7\n");
    Row rate =
        new RecordMapping(schema, mapping, Optional.of("beef"))
            .map(new RecordFile(file).records(lake.spark(), OptionalLong.empty()))
            .first();
    assertThat(rate.<String>getAs(RecordMapping.PROBLEM)).isNull();
    assertThat(rate.<BigDecimal>getAs("price")).isEqualByComparingTo("0.01");
    assertThat(rate.<Timestamp>getAs("since").toInstant()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(rate.<String>getAs("event_id")).isEqualTo("7-beef");
  }

  @Test
  void aTypoInAnExpressionNamesItsPlaceAndShowsNoPlan() {
    Place place = new Place("conf/shop/pipeline.yaml", 12, "events[0].replay.fields.price");
    for (String typo : List.of("Prce", "nulif(Price, '')", "Price +* 2", "upper(Price, 1, 2)")) {
      ReplayMapping mapping =
          new ReplayMapping(
              Map.of("event_time", "at", "price", typo),
              MAPPING.eventId(),
              MAPPING.key(),
              MAPPING.lineNumber(),
              Optional.empty(),
              FileFormat.DEFAULT,
              new ReplayMapping.Places(Map.of("price", place), Map.of()));
      assertThatThrownBy(() -> map(csv("7,2010-12-01 08:26:00,6,2.5,x\n"), mapping))
          .as(typo)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(
              "conf/shop/pipeline.yaml:12: events[0].replay.fields.price: Cannot map records to field 'price' of Line")
          .hasMessageNotContainingAny("Project [", "== SQL", "SQLSTATE", "\n");
    }
  }

  private static ReplayMapping time(String expression) {
    return new ReplayMapping(
        Map.of("event_time", expression, "price", "Price"),
        MAPPING.eventId(),
        MAPPING.key(),
        MAPPING.lineNumber());
  }

  private String problem(String lines, ReplayMapping mapping) throws IOException {
    List<Row> mapped = map(csv(lines), mapping);
    return mapped.isEmpty() ? null : mapped.get(0).getAs(RecordMapping.PROBLEM);
  }

  private List<Row> map(String lines) throws IOException {
    return map(csv(lines));
  }

  private List<Row> map(Path file) {
    return map(file, MAPPING);
  }

  private List<Row> map(Path file, ReplayMapping mapping) {
    var records = new RecordFile(file).records(lake.spark(), OptionalLong.empty());
    return new RecordMapping(Lines.SCHEMA, mapping)
        .map(records)
        .orderBy(RecordFile.POSITION)
        .collectAsList();
  }

  private Path csv(String lines) throws IOException {
    return Files.writeString(Files.createTempFile(folder, "lines", ".csv"), Lines.HEADER + lines);
  }
}
