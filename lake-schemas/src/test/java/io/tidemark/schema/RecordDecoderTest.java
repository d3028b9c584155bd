package io.tidemark.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.avro.Conversions;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordDecoderTest {
  private static final Instant ARRIVED = Instant.parse("2011-03-04T05:06:07Z");
  private static final Schema TIME =
      LogicalTypes.timestampMillis().addToSchema(Schema.create(Schema.Type.LONG));
  private static final Schema PRICE =
      LogicalTypes.decimal(18, 3).addToSchema(Schema.create(Schema.Type.BYTES));
  private static final Schema READER =
      SchemaBuilder.record("Sale")
          .fields()
          .requiredString("event_id")
          .name("event_time")
          .type(TIME)
          .noDefault()
          .name("price")
          .type()
          .optional()
          .type(PRICE)
          .name("country")
          .type()
          .stringType()
          .stringDefault("unknown")
          .endRecord();

  @TempDir private Path folder;
  private SchemaRegistry registry;
  private RecordDecoder decoder;

  @BeforeEach
  void open() {
    registry = SchemaRegistry.at(folder.toUri());
    decoder =
        new RecordDecoder(
            RecordFormat.ofEvents(
                READER, folder.toUri(), LocalDate.parse("2010-12-01"), Duration.ofDays(1)));
  }

  @Test
  void aRecordBecomesItsColumns() throws Exception {
    int id = registry.register("sales", READER);

    var decoded = decode(bytes(id, sale(READER, "s-1", ARRIVED)));

    assertThat(decoded.schemaId()).isEqualTo(id);
    assertThat(decoded.rescued()).isNull();
    InternalRow row = decoded.row();
    assertThat(row.getUTF8String(0)).hasToString("s-1");
    assertThat(row.getLong(1)).isEqualTo(micros(ARRIVED));
    assertThat(row.getDecimal(2, 18, 3).toJavaBigDecimal()).isEqualTo("-12.345");
    assertThat(row.getUTF8String(3)).hasToString("Österreich 🇦🇹");
  }

  @Test
  void recordsOfSeveralWritersAreEachReadByTheirOwnSchema() throws Exception {
    Schema narrow = without(READER, "country");
    int wide = registry.register("sales", READER);
    int old = registry.register("old-sales", narrow);

    assertThat(decode(bytes(wide, sale(READER, "s-1", ARRIVED))).row().getUTF8String(3))
        .hasToString("Österreich 🇦🇹");
    assertThat(decode(bytes(old, sale(narrow, "s-2", ARRIVED))).row().getUTF8String(3))
        .hasToString("unknown");
    assertThat(decode(bytes(wide, sale(READER, "s-3", ARRIVED))).row().getUTF8String(0))
        .hasToString("s-3");
  }

  @Test
  void fieldsThatTheReaderDoesNotKnowAreRescued() throws Exception {
    Schema channel = SchemaBuilder.record("Channel").fields().requiredString("name").endRecord();
    Schema wider = with(READER, "channel", channel, "surcharge", PRICE);
    int id = registry.register("sales", wider);
    GenericRecord sale = sale(wider, "s-1", ARRIVED);
    GenericRecord web = new GenericData.Record(channel);
    web.put("name", "web \"2\"");
    sale.put("channel", web);
    sale.put("surcharge", price("0.500"));

    var decoded = decode(bytes(id, sale));

    assertThat(decoded.row().getUTF8String(0)).hasToString("s-1");
    assertThat(decoded.rescued())
        .isEqualTo("{\"channel\":{\"name\":\"web \\\"2\\\"\"},\"surcharge\":0.500}");
  }

  @Test
  void aSchemaThatIsRegisteredLaterIsFoundByTheNextTask() throws Exception {
    byte[] early = bytes(1, sale(READER, "s-1", ARRIVED));
    assertThat(rejection(early)).isEqualTo(Rejection.UNKNOWN_SCHEMA_ID);

    registry.register("sales", READER);
    open();

    assertThat(decode(early).row().getUTF8String(0)).hasToString("s-1");
  }

  @Test
  void aRecordThatIsNotOneIsRejectedWithItsReason() throws Exception {
    int id = registry.register("sales", READER);
    byte[] good = bytes(id, sale(READER, "s-1", ARRIVED));

    assertThat(rejection(null)).isEqualTo(Rejection.NULL_VALUE);
    assertThat(rejection(new byte[0])).isEqualTo(Rejection.EMPTY);
    assertThat(rejection("{}".getBytes())).isEqualTo(Rejection.BAD_MAGIC);
    assertThat(rejection(new byte[] {0, 0, 1})).isEqualTo(Rejection.TRUNCATED_HEADER);
    assertThat(rejection(bytes(4711, sale(READER, "s-1", ARRIVED))))
        .isEqualTo(Rejection.UNKNOWN_SCHEMA_ID);
    assertThat(rejection(Arrays.copyOf(good, good.length - 3))).isEqualTo(Rejection.TRUNCATED);
    assertThat(rejection(Arrays.copyOf(good, good.length + 3))).isEqualTo(Rejection.TRAILING_BYTES);
    assertThat(rejection(ByteBuffer.allocate(10).put((byte) 0).putInt(id).put((byte) 1).array()))
        .isEqualTo(Rejection.MALFORMED);
    assertThat(decode(good).row().getUTF8String(0)).hasToString("s-1");
  }

  @Test
  void aLengthThatLiesDoesNotTakeTheMemory() throws Exception {
    int id = registry.register("sales", READER);
    byte[] lie = {0, 0, 0, 0, (byte) id, (byte) 0xfe, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x0f};

    assertThat(rejection(lie)).isEqualTo(Rejection.MALFORMED);
  }

  @Test
  void aWriterThatTheReaderCannotReadIsRejected() throws Exception {
    Schema other = SchemaBuilder.record("Sale").fields().requiredInt("event_id").endRecord();
    int id = registry.register("others", other);
    GenericRecord record = new GenericData.Record(other);
    record.put("event_id", 7);

    assertThat(rejection(bytes(id, record))).isEqualTo(Rejection.INCOMPATIBLE_SCHEMA);
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
      assertThat(decode(value).row().getLong(1)).isEqualTo(micros(eventTime));
    } else {
      assertThat(rejection(value)).isEqualTo(expected);
    }
  }

  @Test
  void anEventWithoutIdIsRejected() throws Exception {
    int id = registry.register("sales", READER);

    assertThat(rejection(bytes(id, sale(READER, "", ARRIVED)))).isEqualTo(Rejection.NO_EVENT_ID);
  }

  @Test
  void anIncompatibleSchemaIsNotRegistered() {
    registry.register("sales", without(READER, "country"));
    Schema demanding =
        SchemaBuilder.record("Sale").fields().requiredString("no_default").endRecord();

    assertThatThrownBy(() -> registry.register("sales", demanding))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot register schema 'Sale' under subject 'sales'");
  }

  @Test
  void theSameSchemaKeepsItsId() {
    int first = registry.register("sales", READER);

    assertThat(registry.register("sales", READER)).isEqualTo(first);
    assertThat(new FolderRegistry(folder).byId(first)).contains(READER);
    assertThat(new FolderRegistry(folder).register("other", without(READER, "country")))
        .isNotEqualTo(first);
  }

  private RecordDecoder.Decoded decode(byte[] value) throws RejectedRecordException {
    return decoder.decode(value, micros(ARRIVED));
  }

  private Rejection rejection(byte[] value) {
    return catchThrowableOfType(RejectedRecordException.class, () -> decode(value)).rejection();
  }

  private static long micros(Instant time) {
    return TimeUnit.SECONDS.toMicros(time.getEpochSecond());
  }

  private static GenericRecord sale(Schema schema, String id, Instant time) {
    GenericRecord sale = new GenericData.Record(schema);
    Map<String, Object> values =
        Map.of(
            "event_id",
            id,
            "event_time",
            time.toEpochMilli(),
            "price",
            price("-12.345"),
            "country",
            "Österreich 🇦🇹");
    values.forEach(
        (name, value) -> {
          if (schema.getField(name) != null) {
            sale.put(name, value);
          }
        });
    return sale;
  }

  private static ByteBuffer price(String price) {
    return new Conversions.DecimalConversion()
        .toBytes(new BigDecimal(price), PRICE, PRICE.getLogicalType());
  }

  private static byte[] bytes(int id, GenericRecord record) throws IOException {
    var bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).put((byte) 0).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }

  private static Schema without(Schema schema, String field) {
    return copy(
        schema,
        schema.getFields().stream().filter(f -> !f.name().equals(field)).toList(),
        List.of());
  }

  private static Schema with(
      Schema schema, String first, Schema firstType, String second, Schema secondType) {
    return copy(
        schema,
        schema.getFields(),
        List.of(new Schema.Field(first, firstType), new Schema.Field(second, secondType)));
  }

  private static Schema copy(Schema schema, List<Schema.Field> fields, List<Schema.Field> more) {
    var all = new java.util.ArrayList<Schema.Field>();
    fields.forEach(f -> all.add(new Schema.Field(f, f.schema())));
    all.addAll(more);
    return Schema.createRecord(schema.getName(), null, null, false, all);
  }
}
