package io.tidemark.schema;

import static io.tidemark.schema.StubRegistry.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.schema.StubRegistry.Reply;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnknownIdsTest {
  private static final Duration LONG = Duration.ofMinutes(10);
  private static final Duration SHORT = Duration.ofMillis(150);

  private final StubRegistry stub = new StubRegistry().opened();

  @AfterEach
  void close() {
    stub.close();
  }

  private UnknownIds unknown(Duration patience) {
    return new UnknownIds(
        RecordFormat.ofDimension(SaleRecords.READER, stub.place(), List.of("event_id"))
            .patient(patience));
  }

  private static byte[] record(int id) {
    return ByteBuffer.allocate(6).put((byte) 0).putInt(id).array();
  }

  private static Reply known() {
    return Reply.schema(SaleRecords.READER.toString());
  }

  @Test
  void anIdIsAskedForUntilTheRegistryKnowsIt() {
    stub.answer("/schemas/ids/1", NOT_FOUND, NOT_FOUND, NOT_FOUND, known());
    UnknownIds unknown = unknown(LONG);

    assertThat(unknown.has(record(1))).isTrue();
    unknown.settle();

    assertThat(unknown.has(record(1))).isFalse();
    assertThat(SchemaRegistry.at(stub.place()).byId(1)).isPresent();
    assertThat(stub.questions()).hasSize(4);
  }

  @Test
  void allUnknownIdsWaitTogetherAndOneThatStaysUnknownIsGivenUpForAWhile() {
    stub.answer("/schemas/ids/1", NOT_FOUND, NOT_FOUND, known());
    UnknownIds unknown = unknown(SHORT);
    assertThat(unknown.has(record(7))).isTrue();
    assertThat(unknown.has(record(1))).isTrue();
    assertThat(unknown.has(record(7))).isTrue();

    unknown.settle();

    assertThat(SchemaRegistry.at(stub.place()).byId(1)).isPresent();
    assertThat(unknown.has(record(7))).isFalse();
    // Of a later task; it would wait for ten minutes.
    assertThat(unknown(LONG).has(record(7))).isFalse();
    assertThat(unknown(LONG).has(record(8))).isTrue();
  }

  @Test
  void whatASchemaRefersToIsWaitedForToo() {
    stub.answer("/schemas/ids/1", Reply.schema("\"b\"", "b"));
    stub.answer("/subjects/b/versions/1", NOT_FOUND, Reply.schema(SaleRecords.READER.toString()));
    assertThat(unknown(LONG).has(record(1))).isTrue();
  }

  @Test
  void nothingIsWaitedForWithoutPatienceOrWithoutAnId() {
    assertThat(unknown(Duration.ZERO).has(record(7))).isFalse();
    UnknownIds unknown = unknown(LONG);
    assertThat(unknown.has(null)).isFalse();
    assertThat(unknown.has(new byte[0])).isFalse();
    assertThat(unknown.has(new byte[] {1, 2, 3, 4, 5})).isFalse();
    assertThat(unknown.has(record(-1))).isFalse();
    assertThat(stub.questions()).isEmpty();
  }
}
