package io.tidemark.deadletters;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.schema.RecordText;
import java.util.HexFormat;

/**
 * One dead letter in full.
 *
 * @param says what its value says
 */
record DeadLetterPage(DeadLetter letter, RecordText says) {

  /** For people. */
  String text() {
    StringBuilder page = new StringBuilder();
    page.append(
        "Topic %s, partition %d, offset %d%n"
            .formatted(RecordBytes.printable(letter.topic()), letter.partition(), letter.offset()));
    line(
        page,
        "landed",
        "%s, batch %d of %s".formatted(letter.landedAt(), letter.batch(), letter.query()));
    if (letter.replayed() != null) {
      line(
          page,
          "replayed",
          letter.replayed().number() == null
              ? "%s, by run %s".formatted(letter.replayed().at(), letter.replayed().run())
              : "%s, as landing %d, by run %s"
                  .formatted(
                      letter.replayed().at(), letter.replayed().number(), letter.replayed().run()));
    }
    boolean hasBytes = letter.value() != null && letter.value().length > 0;
    line(
        page,
        "reason",
        hasBytes
            ? "%s, found in its %s".formatted(letter.reason(), letter.stage())
            : letter.reason());
    line(page, "message", letter.message() == null ? "-" : RecordBytes.printable(letter.message()));
    line(page, "schema", letter.schemaId() == null ? "-" : letter.schemaId().toString());
    line(page, "timestamp", timestamp());
    line(page, "key", RecordBytes.line(letter.key()));
    if (letter.headers() == null || letter.headers().isEmpty()) {
      line(page, "headers", "-");
    } else {
      for (DeadLetter.Header header : letter.headers()) {
        line(
            page,
            "header",
            "%s: %s"
                .formatted(RecordBytes.printable(header.key()), RecordBytes.line(header.value())));
      }
    }
    line(
        page, "value", letter.value() == null ? "-" : "%,d bytes".formatted(letter.value().length));
    if (letter.value() != null) {
      page.append(RecordBytes.dump(letter.value()).indent(2));
    }
    says.decoded()
        .filter(decoded -> !decoded.isEmpty() || !decoded.isObject())
        .ifPresent(
            decoded -> {
              line(page, "read", says.problem().isEmpty() ? "all of it" : "as far as it goes");
              page.append(decoded.toPrettyString().indent(2));
            });
    says.problem()
        .filter(problem -> hasBytes)
        .ifPresent(
            problem ->
                line(
                    page,
                    "unread",
                    "from byte %d on: %s"
                        .formatted(says.through(), RecordBytes.printable(problem))));
    return page.toString();
  }

  private String timestamp() {
    if (letter.timestamp() == null) {
      return "-";
    }
    return letter.timestampType() == null
        ? letter.timestamp().toString()
        : "%s, %s".formatted(letter.timestamp(), letter.timestampType());
  }

  private static void line(StringBuilder page, String name, String value) {
    page.append("  %-9s  %s%n".formatted(name, value));
  }

  /** For machines: one line. Bytes are hexadecimal. */
  String json() {
    ObjectNode page = new ObjectMapper().createObjectNode();
    page.put("topic", letter.topic());
    page.put("partition", letter.partition());
    page.put("offset", letter.offset());
    page.put("query", letter.query());
    page.put("batch", letter.batch());
    page.put("landed_at", letter.landedAt().toString());
    if (letter.replayed() == null) {
      page.putNull("replayed");
    } else {
      page.putObject("replayed")
          .put("at", letter.replayed().at().toString())
          .put("run", letter.replayed().run())
          .put("landed_batch", letter.replayed().number());
    }
    page.put("timestamp", letter.timestamp() == null ? null : letter.timestamp().toString());
    page.put("timestamp_type", letter.timestampType());
    page.put("stage", letter.stage());
    page.put("reason", letter.reason());
    page.put("message", letter.message());
    page.put("schema_id", letter.schemaId());
    page.put("key", hex(letter.key()));
    if (letter.headers() == null) {
      page.putNull("headers");
    } else {
      ArrayNode headers = page.putArray("headers");
      letter
          .headers()
          .forEach(
              header ->
                  headers.addObject().put("key", header.key()).put("value", hex(header.value())));
    }
    page.put("value", hex(letter.value()));
    page.set("decoded", says.decoded().<JsonNode>map(decoded -> decoded).orElse(null));
    page.put("decoded_through", says.through());
    page.put("problem", says.problem().orElse(null));
    return page.toString();
  }

  private static String hex(byte[] bytes) {
    return bytes == null ? null : HexFormat.of().formatHex(bytes);
  }
}
