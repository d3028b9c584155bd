package io.tidemark.schema;

import static io.tidemark.schema.StubRegistry.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.schema.StubRegistry.Manner;
import io.tidemark.schema.StubRegistry.Reply;
import java.net.URI;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import org.apache.avro.Schema;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfluentRegistryTest {
  private static final String RIDE =
      "{'type':'record','name':'Ride','fields':[{'name':'id','type':'string'}]}".replace('\'', '"');

  /** As patient as a test can be. */
  private static final RegistryHttp.Limits LIMITS =
      new RegistryHttp.Limits(
          Duration.ofMillis(400), 3, Duration.ofMillis(1), Duration.ofMillis(20), 100_000);

  private final StubRegistry stub = new StubRegistry();
  private final SchemaRegistry registry = new ConfluentRegistry(stub.place(), LIMITS);

  @AfterEach
  void close() {
    stub.close();
  }

  private Schema read(Reply... replies) {
    stub.answer("/schemas/ids/1", replies);
    return registry.byId(1).orElseThrow();
  }

  private String refusal(Reply... replies) {
    return catchThrowableOfType(UnreadableSchemaException.class, () -> read(replies)).getMessage();
  }

  private static String record(String name, String type) {
    return "{\"type\":\"record\",\"name\":\"%s\",\"fields\":[{\"name\":\"it\",\"type\":%s}]}"
        .formatted(name, type);
  }

  @Test
  void aRegistryThatAnswersAnythingIsThereAndAnotherIsNamedWithItsAddress() {
    assertThat(registry.unreachable()).isEmpty();

    stub.close();

    assertThat(new ConfluentRegistry(stub.place(), LIMITS).unreachable().orElseThrow())
        .startsWith("Cannot use the schema registry at %s".formatted(stub.place()))
        .endsWith("or correct 'registry' in the environment file.");
  }

  @Test
  void whatASchemaRefersToIsFetchedOnceHoweverManyReferToIt() {
    stub.answer("/subjects/b/versions/1", Reply.schema(record("b", "\"d\""), "d"));
    stub.answer("/subjects/c/versions/1", Reply.schema(record("c", "\"d\""), "d"));
    stub.answer("/subjects/d/versions/1", Reply.schema(record("d", "\"int\"")));

    Schema read = read(Reply.schema(record("a", "[\"b\", \"c\"]"), "b", "c"));

    Schema b = read.getField("it").schema().getTypes().get(0);
    assertThat(b.getField("it").schema().getField("it").schema().getType())
        .isEqualTo(Schema.Type.INT);
    assertThat(stub.questions())
        .containsExactly(
            "/schemas/ids/1",
            "/subjects/b/versions/1",
            "/subjects/d/versions/1",
            "/subjects/c/versions/1");
  }

  @Test
  void aVersionThatIsDeletedIsReferredToStill() {
    stub.answer("/subjects/b/versions/1?deleted=true", Reply.schema(record("b", "\"int\"")));

    assertThat(read(Reply.schema(record("a", "\"b\""), "b")).getField("it").schema().getName())
        .isEqualTo("b");
  }

  @Test
  void aReferenceThatLeadsNowhereOrInACircleIsToldWithItsSubject() {
    assertThat(refusal(Reply.schema(record("a", "\"b\""), "b")))
        .isEqualTo(
            "schema 1 refers to b in version 1 of subject 'b', which the registry does not have");
    stub.answer("/subjects/b/versions/1", Reply.schema(record("b", "\"c\""), "c"));
    stub.answer("/subjects/c/versions/1", Reply.schema(record("c", "\"b\""), "b"));
    assertThat(refusal(Reply.schema(record("a", "\"b\""), "b")))
        .contains("version 1 of subject 'c'", "cannot be read as Avro");
  }

  @Test
  void referencesWithoutEndAreGivenUp() {
    stub.answerAll(
        path -> {
          int next = Integer.parseInt(path.split("/")[2].substring(1)) + 1;
          return Reply.schema(record("n" + next, "\"int\""), "n" + next);
        });

    assertThat(refusal(Reply.schema(record("a", "\"int\""), "n0")))
        .contains("leads to more than 250 others");
  }

  @Test
  void aWritersNamesAndDefaultsAreTakenAsTheyAre() {
    Schema read =
        read(
            Reply.schema(
                "{\"type\":\"record\",\"name\":\"a-b\",\"fields\":[{\"name\":\"1st\",\"type\":\"string\",\"default\":null}]}"));

    assertThat(read.getField("1st")).isNotNull();
  }

  @Test
  void anotherTypeOfSchemaIsToldByItsName() {
    assertThat(refusal(Reply.of(200, "{\"schemaType\": \"JSON\", \"schema\": \"{}\"}")))
        .isEqualTo("schema 1 is of type JSON, not Avro");
  }

  static String[] texts() {
    return new String[] {
      "",
      " ",
      "null",
      "{",
      "[]]",
      "42",
      "\"Undefined\"",
      "syntax = \"proto3\";",
      "{\"type\": \"record\"}",
      "{\"type\": \"record\", \"name\": \"a\", \"fields\": 7}",
      "{\"type\": \"record\", \"name\": \"a\", \"fields\": [{}]}",
      "{\"type\": \"fixed\", \"name\": \"a\", \"size\": -1}",
      "{\"type\": \"enum\", \"name\": \"a\", \"symbols\": [\"x\", \"x\"]}",
      "{\"type\": {\"type\": {\"type\": {}}}}",
      "[[\"int\"]]",
      "[\"int\", \"int\"]",
      "[".repeat(20_000),
      "{\"type\":\"array\",\"items\":".repeat(900) + "\"no\"" + "}".repeat(900),
      "{\"type\":\"array\",\"items\":".repeat(2_000) + "\"int\"" + "}".repeat(2_000),
      "\u0000",
    };
  }

  @ParameterizedTest
  @MethodSource("texts")
  void aTextThatIsNoSchemaIsUnreadableWhateverAvroThrows(String text) {
    assertThat(refusal(Reply.schema(text))).startsWith("schema 1 ");
  }

  @Test
  void aSchemaThatIsTooLongIsUnreadable() {
    String doc = "x".repeat(LIMITS.bytes());
    assertThat(
            refusal(Reply.schema(RIDE.replace("\"fields\"", "\"doc\":\"" + doc + "\",\"fields\""))))
        .contains("is too long to be read");
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504})
  void aRegistryThatIsBusyIsAskedAgain(int status) {
    Reply busy = Reply.of(status, "{\"error_code\": 42901}");

    assertThat(read(busy, busy, Reply.schema(RIDE)).getName()).isEqualTo("Ride");
    assertThat(stub.questions()).hasSize(3);
  }

  @Test
  void aRegistryThatAsksForYearsOrForNonsenseIsAskedAgainSoon() {
    Reply busy = Reply.of(429, "{}");
    String nextYear =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC).plusYears(1));

    assertThat(
            read(
                    busy.with("Retry-After", "999999999"),
                    busy.with("Retry-After", nextYear),
                    Reply.schema(RIDE))
                .getName())
        .isEqualTo("Ride");
    StubRegistry other =
        stub.answer("/schemas/ids/2", busy.with("Retry-After", "soon"), Reply.schema(RIDE));
    assertThat(new ConfluentRegistry(other.place(), LIMITS).byId(2)).isPresent();
  }

  @Test
  void aConnectionThatIsCutOrAnAnswerThatNeverEndsIsAskedForAgain() {
    assertThat(
            read(
                    Reply.schema(RIDE).with(Manner.CUT),
                    new Reply(200, Map.of(), "", Manner.CUT),
                    Reply.schema(RIDE))
                .getName())
        .isEqualTo("Ride");
    StubRegistry slow = stub.answer("/schemas/ids/2", Reply.schema("").with(Manner.ENDLESS));
    assertThatThrownBy(
            () ->
                new ConfluentRegistry(
                        slow.place(),
                        new RegistryHttp.Limits(
                            Duration.ofMillis(50), 2, Duration.ZERO, Duration.ZERO, 1_000_000_000))
                    .byId(2))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("no answer within");
  }

  @Test
  void aRegistryThatIsAwayIsNotTakenForOneThatDoesNotKnow() {
    assertThatThrownBy(() -> read(Reply.of(503, "no")))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("HTTP 503 for /schemas/ids/1: no");
    assertThat(stub.questions()).hasSize(LIMITS.tries());
    stub.close();
    assertThatThrownBy(() -> registry.byId(2)).isInstanceOf(RegistryUnavailableException.class);
  }

  static Reply[] answersOfOthers() {
    return new Reply[] {
      Reply.of(200, ""),
      Reply.of(200, "{}"),
      Reply.of(200, "[1]"),
      Reply.of(200, "{\"schema\": 7}"),
      new Reply(200, Map.of("Content-Type", "text/html"), "<html>Welcome</html>", Manner.WHOLE),
      new Reply(302, Map.of("Location", "http://127.0.0.1:1/"), "", Manner.WHOLE),
      new Reply(404, Map.of("Content-Type", "text/html"), "Not Found", Manner.WHOLE),
      Reply.of(404, "{\"error_code\": 404, \"message\": \"HTTP 404 Not Found\"}"),
      Reply.of(400, "{}"),
    };
  }

  @ParameterizedTest
  @MethodSource("answersOfOthers")
  void anAnswerThatIsNoRegistrysIsNotAVerdict(Reply reply) {
    assertThatThrownBy(() -> read(reply)).isInstanceOf(RegistryUnavailableException.class);
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403})
  void aRegistryThatRefusesIsNotAskedAgain(int status) {
    assertThatThrownBy(() -> read(Reply.of(status, "{}")))
        .isInstanceOf(RegistryRefusedException.class)
        .hasMessageContaining("HTTP " + status);
    assertThat(stub.questions()).hasSize(1);
  }

  @Test
  void anUnknownIdIsAskedForAgainTheNextTimeAndAKnownOneIsNot() {
    stub.answer("/schemas/ids/1", NOT_FOUND, Reply.schema(RIDE));

    assertThat(registry.byId(1)).isEmpty();
    assertThat(registry.byId(1)).isPresent();
    assertThat(registry.byId(1)).isPresent();
    assertThat(registry.byId(-1)).isEmpty();
    assertThat(stub.questions()).hasSize(2);
  }

  @Test
  void noPasswordIsInAMessage() {
    URI place = URI.create(stub.place().toString().replace("//", "//me:hunter2@"));
    stub.answer("/schemas/ids/1", Reply.of(401, "{}"));

    assertThatThrownBy(() -> new ConfluentRegistry(place, LIMITS).byId(1))
        .hasMessageContaining(stub.place().toString())
        .hasMessageNotContaining("hunter2");
  }
}
