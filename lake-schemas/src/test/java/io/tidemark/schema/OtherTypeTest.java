package io.tidemark.schema;

import static io.tidemark.schema.SaleDecoder.ARRIVED;
import static io.tidemark.schema.SaleRecords.bytes;
import static io.tidemark.schema.SaleRecords.sale;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherTypeTest {
  @TempDir private Path folder;
  private SchemaRegistry registry;

  @BeforeEach
  void open() {
    registry = SchemaRegistry.at(folder.toUri());
  }

  private static Schema named(String name, String space) {
    return Schema.createRecord(
        name,
        null,
        space,
        false,
        SaleRecords.READER.getFields().stream()
            .map(field -> new Schema.Field(field, field.schema()))
            .toList());
  }

  @Test
  void aRecordOfAnotherNameIsNotAnEventThoughItHasTheFields() throws Exception {
    Schema refund = named("Refund", null);
    Schema elsewhere = named("Sale", "elsewhere");
    SaleDecoder decoder = SaleDecoder.in(folder);

    for (Schema other : List.of(refund, elsewhere)) {
      byte[] record =
          bytes(registry.register(other.getFullName(), other), sale(other, "r", ARRIVED));
      assertThat(decoder.rejection(record)).isEqualTo(Rejection.OTHER_TYPE);
      assertThatThrownBy(() -> decoder.decode(record))
          .hasMessageContaining("the record is a %s, not a Sale", other.getFullName());
    }
  }

  @Test
  void anAliasOfTheReadersIsAnotherNameOfTheSameRecord() throws Exception {
    Schema reader = named("Sale", "shop");
    reader.addAlias("Verkauf");
    reader.addAlias("Sale", "old.shop");
    Schema german = named("Verkauf", "shop");
    Schema old = named("Sale", "old.shop");

    for (Schema written : List.of(german, old, reader)) {
      assertThat(WriterSchema.of(written, reader).read(body(written), 0).getUTF8String(0))
          .hasToString("s-1");
    }
  }

  @Test
  void ofAWritersUnionEachRecordIsJudgedByItsOwnName() throws Exception {
    Schema refund = named("Refund", null);
    Schema union = Schema.createUnion(SaleRecords.READER, refund);
    WriterSchema writer = WriterSchema.of(union, SaleRecords.READER);

    assertThat(writer.read(member(0, SaleRecords.READER), 0).getUTF8String(0)).hasToString("s-1");
    assertThatThrownBy(() -> writer.read(member(1, refund), 0))
        .isInstanceOfSatisfying(
            UnreadableException.class,
            e -> assertThat(e.rejection()).isEqualTo(Rejection.OTHER_TYPE));
  }

  private static byte[] member(int index, Schema schema) throws Exception {
    byte[] body = body(schema);
    byte[] tagged = new byte[body.length + 1];
    tagged[0] = (byte) (2 * index);
    System.arraycopy(body, 0, tagged, 1, body.length);
    return tagged;
  }

  private static byte[] body(Schema schema) throws Exception {
    byte[] record = bytes(0, sale(schema, "s-1", ARRIVED));
    return Arrays.copyOfRange(record, 5, record.length);
  }
}
