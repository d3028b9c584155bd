package io.tidemark.schema;

import static io.tidemark.schema.SaleDecoder.ARRIVED;
import static io.tidemark.schema.SaleDecoder.micros;
import static io.tidemark.schema.SaleRecords.READER;
import static io.tidemark.schema.SaleRecords.bytes;
import static io.tidemark.schema.SaleRecords.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordRejectionTest {
  @TempDir private Path folder;
  private SchemaRegistry registry;
  private SaleDecoder decoder;

  @BeforeEach
  void open() {
    registry = SchemaRegistry.at(folder.toUri());
    decoder = SaleDecoder.in(folder);
  }

  @Test
  void aRecordThatIsNotOneIsRejectedWithItsReason() throws Exception {
    int id = registry.register("sales", READER);
    byte[] good = bytes(id, sale(READER, "s-1", ARRIVED));

    assertThat(decoder.rejection(null)).isEqualTo(Rejection.NULL_VALUE);
    assertThat(decoder.rejection(new byte[0])).isEqualTo(Rejection.EMPTY);
    assertThat(decoder.rejection("{}".getBytes())).isEqualTo(Rejection.BAD_MAGIC);
    assertThat(decoder.rejection(new byte[] {0, 0, 1})).isEqualTo(Rejection.TRUNCATED_HEADER);
    assertThat(decoder.rejection(bytes(4711, sale(READER, "s-1", ARRIVED))))
        .isEqualTo(Rejection.UNKNOWN_SCHEMA_ID);
    assertThat(decoder.rejection(Arrays.copyOf(good, good.length - 3)))
        .isEqualTo(Rejection.TRUNCATED);
    assertThat(decoder.rejection(Arrays.copyOf(good, good.length + 3)))
        .isEqualTo(Rejection.TRAILING_BYTES);
    assertThat(
            decoder.rejection(
                ByteBuffer.allocate(10).put((byte) 0).putInt(id).put((byte) 1).array()))
        .isEqualTo(Rejection.MALFORMED);
    assertThat(decoder.decode(good).row().getUTF8String(0)).hasToString("s-1");
  }

  @Test
  void aLengthThatLiesDoesNotTakeTheMemory() throws Exception {
    int id = registry.register("sales", READER);
    byte[] lie = {0, 0, 0, 0, (byte) id, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};

    assertThat(decoder.rejection(lie)).isEqualTo(Rejection.MALFORMED);
  }

  @Test
  void aWriterThatTheReaderCannotReadIsRejected() throws Exception {
    Schema other = SchemaBuilder.record("Sale").fields().requiredInt("event_id").endRecord();
    int id = registry.register("others", other);
    GenericRecord record = new GenericData.Record(other);
    record.put("event_id", 7);

    assertThat(decoder.rejection(bytes(id, record))).isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
  }

  @Test
  void aWriterWhoseSchemaIsNotAvroIsRejectedAndNotTakenForAFailure() throws Exception {
    int id = registry.register("others", READER);
    byte[] record = bytes(id, sale(READER, "s-1", ARRIVED));
    Files.writeString(folder.resolve(id + ".avsc"), "syntax = \"proto3\"; message Sale {}");

    assertThat(SaleDecoder.in(folder).rejection(record)).isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
  }

  @Test
  void noRecordIsRejectedByAFolderThatIsNotThereOrIsNoRegistry() throws Exception {
    byte[] record = bytes(1, sale(READER, "s-1", ARRIVED));

    assertThatThrownBy(() -> decoder.decode(record))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining(folder.resolve("ids.json").toString());
  }

  @ParameterizedTest
  @CsvSource({
    "2011-03-05T05:06:07Z, ",
    "2011-03-05T05:06:08Z, MAX_FUTURE",
    "2010-12-01T00:00:00Z, ",
    "2010-11-30T23:59:59Z, MAX_PAST"
  })
  void anEventTimeMustBePlausible(Instant eventTime, Rejection expected) throws Exception {
    int id = registry.register("sales", READER);
    byte[] value = bytes(id, sale(READER, "s-1", eventTime));

    if (expected == null) {
      assertThat(decoder.decode(value).row().getLong(1)).isEqualTo(micros(eventTime));
    } else {
      assertThat(decoder.rejection(value)).isEqualTo(expected);
    }
  }

  /** The landing's clock says 2011-03-05T00:00:00Z. */
  @ParameterizedTest
  @CsvSource({
    // The device's clock stamps the event and the record alike.
    "2036-05-01T00:00:00Z, 2036-05-01T00:00:00Z, false, the landing's clock",
    "2011-03-06T00:00:01Z, 2011-03-06T00:00:01Z, false, the landing's clock",
    "2011-03-06T00:00:00Z, 2011-03-06T00:00:00Z, false, ",
    "2011-03-04T00:00:01Z, 2011-03-03T00:00:00Z, false, the record's timestamp",
    "2011-03-04T00:00:01Z, 2011-03-03T00:00:00Z, true, the broker's clock",
    // None of these is an arrival: nothing, in seconds, before the first date, after now.
    "2011-03-04T00:00:00Z, 1970-01-01T00:00:00Z, false, ",
    "2011-03-04T00:00:00Z, 1969-12-31T23:59:59.999Z, false, ",
    "2011-03-04T00:00:00Z, 1969-12-31T23:59:59.999Z, true, ",
    "2011-03-04T00:00:00Z, 1970-01-16T00:50:57Z, false, ",
    "2011-03-04T00:00:00Z, 2010-11-30T23:59:59Z, false, ",
    "2011-03-04T00:00:00Z, 9999-12-31T23:59:59Z, false, "
  })
  void anEventIsBoundedByEveryClockThatCanBeRight(
      Instant eventTime, Instant timestamp, boolean brokersClock, String refusedBy)
      throws Exception {
    int id = registry.register("sales", READER);
    byte[] value = bytes(id, sale(READER, "s-1", eventTime));
    RecordDecoder decoder = SaleDecoder.in(folder, Instant.parse("2011-03-05T00:00:00Z")).decoder();
    long micros = Micros.of(timestamp);

    if (refusedBy == null) {
      assertThat(decoder.decode(value, micros, brokersClock).row().getLong(1))
          .isEqualTo(micros(eventTime));
    } else {
      assertThatThrownBy(() -> decoder.decode(value, micros, brokersClock))
          .hasMessageContaining("further ahead of " + refusedBy)
          .extracting(failure -> ((RejectedRecordException) failure).rejection())
          .isEqualTo(Rejection.MAX_FUTURE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, Long.MAX_VALUE})
  void noTimestampOverflows(long timestamp) throws Exception {
    int id = registry.register("sales", READER);
    byte[] value = bytes(id, sale(READER, "s-1", ARRIVED));

    assertThat(decoder.decoder().decode(value, timestamp, false).schemaId()).isEqualTo(id);
  }

  @Test
  void anEventWithoutIdIsRejected() throws Exception {
    int id = registry.register("sales", READER);

    assertThat(decoder.rejection(bytes(id, sale(READER, "", ARRIVED))))
        .isEqualTo(Rejection.NO_EVENT_ID);
  }
}
