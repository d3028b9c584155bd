package io.tidemark.schema;

import static io.tidemark.schema.Exchange.decimal;
import static io.tidemark.schema.Exchange.logical;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.Test;

class ExactValuesTest {
  private static final String MILLIS = logical("long", "timestamp-millis");
  private static final String MICROS = logical("long", "timestamp-micros");

  @Test
  void aDecimalTakesAnotherScaleIfItsValueDoes() throws UnreadableException {
    Exchange fare = Exchange.of(decimal(9, 4), decimal(9, 2));

    assertThat(fare.read("\"\\u003a\\u0098\"")).hasToString("1.50");
    assertThat(fare.refused("\"\\u003a\\u0099\""))
        .hasMessage(
            "Cannot read the field f: decimal(9, 2) cannot hold the value 1.5001 of the writer's"
                + " decimal(9, 4) exactly");
  }

  @Test
  void thePathLeadsThroughArraysMapsAndRecords() {
    String item =
        """
        {"type": "map", "values": {"type": "array", "items":
          {"type": "record", "name": "Item", "fields": [{"name": "price", "type": %s}]}}}\
        """;
    Exchange prices = Exchange.of(item.formatted(decimal(4, 1)), item.formatted(decimal(4, 0)));

    assertThat(prices.refused("{\"a\": [{\"price\": \"\\u000f\"}]}").path())
        .isEqualTo("f{}[].price");
  }

  @Test
  void aTimeTakesAnotherUnitIfItsValueDoes() throws UnreadableException {
    assertThat(Exchange.of(MICROS, MILLIS).read("5000")).isEqualTo(5_000L);
    assertThat(Exchange.of(MICROS, MILLIS).refused("5001").path()).isEqualTo("f");
    assertThat(Exchange.of(MILLIS, MICROS).read("5")).isEqualTo(5_000L);
    assertThat(Exchange.of(MILLIS, logical("long", "timestamp-nanos")).read("5"))
        .isEqualTo(5_000_000L);
    assertThat(Exchange.of(MILLIS, MILLIS).refused("9223372036854775807"))
        .hasMessage(
            "Cannot read the field f: a column of timestamp-millis cannot hold the value"
                + " \"+292278994-08-17T07:12:55.807Z\"");
  }

  @Test
  void aNumberWithoutAUnitIsNotATimeNorAreBytesANumber() {
    assertThat(Exchange.of("\"long\"", MILLIS).refused("1714550400000"))
        .hasMessage(
            "Cannot read the field f: the writer's long, here 1714550400000, is not read as"
                + " timestamp-millis. Declare the logical type in the writer's schema");
    assertThat(Exchange.of(MILLIS, "\"long\"").refused("0"))
        .hasMessageEndingWith("Declare the logical type in the reader's schema");
    assertThat(Exchange.of(decimal(2, 4), decimal(9, 2)).refused("\"a\""))
        .hasMessageEndingWith(
            "The writer's logical type decimal is not known here, or its schema lacks what it needs");
    assertThat(Exchange.of("\"bytes\"", decimal(9, 2)).refused("\"a\"").rejection())
        .isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
    assertThat(Exchange.of(decimal(9, 2), "\"bytes\"").refused("\"a\"").rejection())
        .isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
    assertThat(Exchange.of("\"int\"", logical("int", "date")).refused("1").rejection())
        .isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
    assertThat(
            Exchange.of(MILLIS, logical("long", "local-timestamp-millis")).refused("1").rejection())
        .isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
  }

  @Test
  void aNumberTakesAnotherTypeIfItsValueDoes() throws UnreadableException {
    assertThat(Exchange.of("\"long\"", "\"int\"").read("7")).isEqualTo(7);
    assertThat(Exchange.of("\"long\"", "\"int\"").refused("2147483648").path()).isEqualTo("f");
    assertThat(Exchange.of("\"int\"", "\"float\"").refused("16777217").path()).isEqualTo("f");
    assertThat(Exchange.of("\"int\"", decimal(4, 2)).read("12")).hasToString("12.00");
    assertThat(Exchange.of("\"int\"", decimal(4, 2)).refused("123").path()).isEqualTo("f");
    assertThat(Exchange.of("\"double\"", decimal(4, 2)).read("0.25")).hasToString("0.25");
    assertThat(Exchange.of("\"double\"", decimal(4, 2)).refused("0.1").path()).isEqualTo("f");
  }

  @Test
  void ofSeveralMembersTheOneOfTheWritersTypeOrNameTakesTheValue() throws UnreadableException {
    assertThat(Exchange.of("\"int\"", "[\"null\", \"int\", \"long\"]").read("7")).isEqualTo(7L);
    assertThat(Exchange.of("\"int\"", "[\"string\", \"double\", \"long\", \"int\"]").read("7"))
        .hasToString("{member0=null, member1=null, member2=null, member3=7}");
    assertThat(Exchange.of("\"int\"", "[\"string\", \"double\", \"float\"]").read("7"))
        .hasToString("{member0=null, member1=7.0, member2=null}");
    String two =
        """
        [{"type": "record", "name": "A", "namespace": "%s", "fields": [{"name": "x", "type": "int"}]},
         {"type": "record", "name": "A", "namespace": "%s", "fields": [{"name": "x", "type": "int"}]}]\
        """;
    String one = two.formatted("p", "q").replaceAll("(?s),\\s+\\{\"type\": \"record\".*", "]");
    assertThat(Exchange.of(one, two.formatted("p", "q")).read("{\"p.A\": {\"x\": 1}}"))
        .hasToString("{member0={x=1}, member1=null}");
    assertThat(Exchange.of(one, two.formatted("r", "s")).refused("{\"p.A\": {\"x\": 1}}"))
        .hasMessageContaining("several of these types have its name");
  }

  @Test
  void aReaderOfOneOfAWritersRecordsTakesNoOther() throws UnreadableException {
    String record =
        "{\"type\": \"record\", \"name\": \"%s\", \"fields\": [{\"name\": \"x\", \"type\":"
            + " \"int\"}]}";
    String ride = record.formatted("Ride");
    Exchange either =
        Exchange.of(
            "[%s, %s]".formatted(ride, record.formatted("Refund")), "[\"null\", " + ride + "]");

    assertThat(either.read("{\"Ride\": {\"x\": 1}}")).hasToString("{x=1}");
    assertThat(either.refused("{\"Refund\": {\"x\": 1}}"))
        .hasMessageContaining("it is another record");
  }

  @Test
  void aTextIsUtf8() {
    Exchange text = Exchange.of("\"string\"", "\"string\"");

    assertThat(text.refused((byte) 2, (byte) 0xff))
        .hasMessage("Cannot read the field f: the text is not UTF-8")
        .extracting(UnreadableException::rejection)
        .isEqualTo(Rejection.MALFORMED);
  }

  @Test
  void noFewBytesTakeMuchMemoryOrADeepStack() {
    String tree =
        """
        ["null", {"type": "record", "name": "Tree", "fields": [{"name": "inner", "type": ["null", "Tree"]}]}]\
        """;
    Exchange nulls =
        Exchange.of(
            "{\"type\": \"array\", \"items\": {\"type\": \"array\", \"items\": \"null\"}}",
            "\"string\"");
    byte[] deep = new byte[2_000];
    java.util.Arrays.fill(deep, (byte) 2);

    assertThat(nulls.refused(HexFormat.of().parseHex("04" + "80897a00".repeat(2) + "00")))
        .hasMessageContaining("1000000 elements take no bytes");
    assertThat(Exchange.of(tree, "\"string\"").refused(deep))
        .hasMessageContaining("values nest deeper than 500");
  }

  @Test
  void aSchemaOfRecordsWithoutEndEnds() {
    Schema level = Schema.createRecord("Level0", null, null, false, List.of());
    for (int i = 1; i < 60; i++) {
      level =
          Schema.createRecord(
              "Level" + i,
              null,
              null,
              false,
              List.of(new Schema.Field("a", level), new Schema.Field("b", level)));
    }
    Schema writer =
        Schema.createRecord(
            "R",
            null,
            null,
            false,
            List.of(
                new Schema.Field("f", Schema.create(Schema.Type.INT)),
                new Schema.Field("more", Schema.createArray(level))));
    Exchange exchange = new Exchange(writer, Exchange.of("\"int\"", "\"int\"").reader());

    assertThat(exchange.refused((byte) 2, (byte) 2, (byte) 0))
        .hasMessage("Cannot read the field more: more than 1000000 records take no bytes");
  }

  @Test
  void garbageIsNotSaidToBeOfAnotherType() {
    Exchange fare = Exchange.of(decimal(9, 4), decimal(9, 2));

    assertThat(fare.refused((byte) 4, (byte) 0x3a, (byte) 0x99, (byte) 1).rejection())
        .isEqualTo(Rejection.TRAILING_BYTES);
  }

  @Test
  void aKeyThatComesTwiceWouldLoseAValue() {
    Exchange map =
        Exchange.of(
            "{\"type\": \"map\", \"values\": \"int\"}", "{\"type\": \"map\", \"values\": \"int\"}");

    assertThat(map.refused(HexFormat.of().parseHex("04" + "0261" + "02" + "0261" + "04" + "00")))
        .hasMessage("Cannot read the field f{}: the map has the key a twice");
  }
}
