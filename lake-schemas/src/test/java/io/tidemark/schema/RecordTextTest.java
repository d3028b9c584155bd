package io.tidemark.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordTextTest {
  private static final Schema SALE =
      SchemaBuilder.record("Sale")
          .fields()
          .requiredString("shop")
          .name("items")
          .type()
          .array()
          .items()
          .intType()
          .noDefault()
          .optionalDouble("price")
          .endRecord();

  @TempDir private Path folder;
  private SchemaRegistry registry;
  private int sale;

  @BeforeEach
  void register() {
    registry = SchemaRegistry.at(folder.toUri());
    sale = registry.register("sales", SALE);
  }

  private static byte[] encoded(int id, Schema schema, Object value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ByteBuffer.allocate(5).putInt(1, id).array());
    try {
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<>(schema).write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private byte[] sale() {
    return encoded(
        sale,
        SALE,
        new GenericRecordBuilder(SALE)
            .set("shop", "Café 🦆")
            .set("items", Arrays.asList(1, 2))
            .set("price", 2.5)
            .build());
  }

  private RecordText read(byte[] value) {
    return RecordText.of(value, registry::byId);
  }

  @Test
  void aWholeRecordIsReadToItsEnd() {
    RecordText read = read(sale());

    assertThat(read.problem()).isEmpty();
    assertThat(read.through()).isEqualTo(sale().length);
    assertThat(read.decoded().orElseThrow())
        .hasToString("{\"shop\":\"Café 🦆\",\"items\":[1,2],\"price\":2.5}");
  }

  @Test
  void aRecordThatIsCutOffIsReadAsFarAsItGoes() {
    RecordText read = read(Arrays.copyOf(sale(), sale().length - 3));

    assertThat(read.decoded().orElseThrow()).hasToString("{\"shop\":\"Café 🦆\",\"items\":[1,2]}");
    assertThat(read.through()).isEqualTo(sale().length - 9);
    assertThat(read.problem().orElseThrow()).startsWith("field price: ");
  }

  @Test
  void moreBytesThanARecordHasAreTold() {
    RecordText read = read(Arrays.copyOf(sale(), sale().length + 1));

    assertThat(read.decoded()).isPresent();
    assertThat(read.through()).isEqualTo(sale().length);
    assertThat(read.problem()).contains("more bytes follow than its schema has");
  }

  @Test
  void aValueThatIsNotARecordIsReadAsWell() {
    Schema text = Schema.create(Schema.Type.STRING);
    int id = registry.register("texts", text);

    assertThat(read(encoded(id, text, "hello")).decoded().orElseThrow()).hasToString("\"hello\"");
    assertThat(read(new byte[] {0, 0, 0, 0, (byte) id, 8}).decoded()).isEmpty();
  }

  @Test
  void whatHasNoHeaderOrNoSchemaIsNotRead() {
    assertThat(read(null).problem()).contains("the record has no value");
    assertThat(read(new byte[0]).problem()).contains("the value has no bytes");
    assertThat(read(new byte[] {'{'}).problem()).contains("the first byte is 123, not 0");
    assertThat(read(new byte[] {0, 1}).problem()).contains("the value has 2 bytes");
    RecordText unknown = read(ByteBuffer.allocate(9).putInt(1, 77).array());
    assertThat(unknown.problem()).contains("the registry knows no schema 77");
    assertThat(unknown.through()).isEqualTo(5);
    assertThat(unknown.decoded()).isEmpty();
  }

  @Test
  void anyBytesAtAllAreReadWithoutAnError() {
    Random random = new Random(14);
    for (int i = 0; i < 2000; i++) {
      byte[] value = sale();
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        value[5 + random.nextInt(value.length - 5)] = (byte) random.nextInt();
      }
      RecordText read = read(Arrays.copyOf(value, 5 + random.nextInt(value.length)));

      assertThat(read.through()).isBetween(5, value.length * 2);
      assertThat(read.decoded()).isPresent();
    }
  }
}
