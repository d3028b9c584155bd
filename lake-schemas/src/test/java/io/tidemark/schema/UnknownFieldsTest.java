package io.tidemark.schema;

import static io.tidemark.schema.Exchange.decimal;
import static io.tidemark.schema.Exchange.logical;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UnknownFieldsTest {
  private static final String KNOWN =
      "{\"type\": \"record\", \"name\": \"Item\", \"fields\": [{\"name\": \"sku\", \"type\":"
          + " \"string\"}]}";

  private static String with(String type) {
    return KNOWN.replace("]}", ", {\"name\": \"more\", \"type\": %s}]}".formatted(type));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "%s                             | {'sku': 'a', 'more': true}               |"
            + " {'f':{'more':true}}",
        "{'type': 'array', 'items': %s} | [{'sku': 'a', 'more': true}]             |"
            + " {'f':[{'more':true}]}",
        "{'type': 'map', 'values': %s}  | {'p': {'sku': 'a', 'more': true}}        |"
            + " {'f':{'p':{'more':true}}}",
        "['null', %s]                   | {'Item': {'sku': 'a', 'more': true}}     |"
            + " {'f':{'more':true}}",
        "['null', 'string', %s]         | {'Item': {'sku': 'a', 'more': true}}     |"
            + " {'f':{'more':true}}"
      })
  void unknownFieldsAreRescuedAtEveryDepth(String place, String value, String rescued)
      throws UnreadableException {
    String around = place.strip().replace('\'', '"');
    Exchange exchange = Exchange.of(around.formatted(with("\"boolean\"")), around.formatted(KNOWN));

    assertThat(exchange.rescued(value.replace('\'', '"'))).isEqualTo(rescued.replace('\'', '"'));
  }

  @Test
  void anArrayKeepsThePlacesOfWhatIsRescued() throws UnreadableException {
    String items = "{\"type\": \"array\", \"items\": [\"null\", %s]}";
    Exchange exchange = Exchange.of(items.formatted(with("\"boolean\"")), items.formatted(KNOWN));

    assertThat(exchange.rescued("[null, {\"Item\": {\"sku\": \"a\", \"more\": true}}, null]"))
        .isEqualTo("{\"f\":[null,{\"more\":true},null]}");
    assertThat(exchange.rescued("[null, null]")).isNull();
  }

  @Test
  void aSymbolThatADefaultStandsForIsRescued() throws UnreadableException {
    String colour =
        "{\"type\": \"enum\", \"name\": \"Colour\", \"symbols\": [%s], \"default\": \"OTHER\"}";
    Exchange exchange =
        Exchange.of(
            colour.formatted("\"OTHER\", \"RED\", \"BLUE\""),
            colour.formatted("\"OTHER\", \"RED\""));

    assertThat(exchange.read("\"BLUE\"")).isEqualTo("OTHER");
    assertThat(exchange.rescued("\"BLUE\"")).isEqualTo("{\"f\":\"BLUE\"}");
    assertThat(exchange.rescued("\"RED\"")).isNull();
  }

  @Test
  void aTextThatIsNotAUuidKillsNoRecord() throws UnreadableException {
    String uuid = logical("string", "uuid");
    Exchange exchange =
        Exchange.of(
            KNOWN
                .replace("\"string\"", uuid)
                .replace("]}", ", {\"name\": \"id\", \"type\": %s}]}".formatted(uuid)),
            KNOWN);

    assertThat(exchange.rescued("{\"sku\": \"s1\", \"id\": \"s2\"}"))
        .isEqualTo("{\"f\":{\"id\":\"s2\"}}");
  }

  @Test
  void whatJsonCannotHoldIsATextAndNumbersAreExact() throws UnreadableException {
    assertThat(rescued("\"bytes\"", "\"\\u0000\\u00ff\"")).isEqualTo("\"AP8=\"");
    assertThat(rescued("\"double\"", "1e400")).isEqualTo("\"Infinity\"");
    assertThat(rescued("\"long\"", "9223372036854775807")).isEqualTo("9223372036854775807");
    assertThat(rescued(decimal(30, 3), "\"\\u0001\\u00f4\"")).isEqualTo("0.500");
    assertThat(rescued(decimal(30, 3), "\"%s\"".formatted("\\u0000".repeat(401))))
        .isEqualTo("{\"unscaled\":\"AA==\",\"scale\":3}");
    assertThat(rescued(logical("long", "timestamp-nanos"), "1"))
        .isEqualTo("\"1970-01-01T00:00:00.000000001Z\"");
    assertThat(rescued(logical("int", "time-millis"), "-1")).isEqualTo("-1");
  }

  @Test
  void whatNestsAsDeepAsARecordMayIsRescued() throws UnreadableException {
    String tree =
        """
        ["null", {"type": "record", "name": "Tree", "fields": [{"name": "inner", "type": ["null", "Tree"]}]}]\
        """;
    int depth = 490;
    String value = "{\"Tree\": {\"inner\": ".repeat(depth) + "null" + "}}".repeat(depth);

    assertThat(rescued(tree, value))
        .isEqualTo("{\"inner\":".repeat(depth) + "null" + "}".repeat(depth));
  }

  private static String rescued(String type, String value) throws UnreadableException {
    String json =
        Exchange.of(with(type), KNOWN).rescued("{\"sku\": \"a\", \"more\": %s}".formatted(value));
    return json.substring("{\"f\":{\"more\":".length(), json.length() - 2);
  }
}
