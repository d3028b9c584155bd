package io.tidemark.schema;

import static io.tidemark.schema.SaleDecoder.ARRIVED;
import static io.tidemark.schema.SaleDecoder.micros;
import static io.tidemark.schema.SaleRecords.PRICE;
import static io.tidemark.schema.SaleRecords.READER;
import static io.tidemark.schema.SaleRecords.bytes;
import static io.tidemark.schema.SaleRecords.price;
import static io.tidemark.schema.SaleRecords.sale;
import static io.tidemark.schema.SaleRecords.with;
import static io.tidemark.schema.SaleRecords.without;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.spark.sql.catalyst.InternalRow;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordDecoderTest {
  @TempDir private Path folder;
  private SchemaRegistry registry;
  private SaleDecoder decoder;

  @BeforeEach
  void open() {
    registry = SchemaRegistry.at(folder.toUri());
    decoder = SaleDecoder.in(folder);
  }

  @Test
  void aRecordBecomesItsColumns() throws Exception {
    int id = registry.register("sales", READER);

    var decoded = decoder.decode(bytes(id, sale(READER, "s-1", ARRIVED)));

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

    assertThat(decoder.decode(bytes(wide, sale(READER, "s-1", ARRIVED))).row().getUTF8String(3))
        .hasToString("Österreich 🇦🇹");
    assertThat(decoder.decode(bytes(old, sale(narrow, "s-2", ARRIVED))).row().getUTF8String(3))
        .hasToString("unknown");
    assertThat(decoder.decode(bytes(wide, sale(READER, "s-3", ARRIVED))).row().getUTF8String(0))
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

    var decoded = decoder.decode(bytes(id, sale));

    assertThat(decoded.row().getUTF8String(0)).hasToString("s-1");
    assertThat(decoded.rescued())
        .isEqualTo("{\"channel\":{\"name\":\"web \\\"2\\\"\"},\"surcharge\":0.500}");
  }

  @Test
  void aSchemaThatIsRegisteredLaterIsFoundByTheNextTask() throws Exception {
    int other = registry.register("others", SchemaBuilder.record("other").fields().endRecord());
    byte[] early = bytes(other + 1, sale(READER, "s-1", ARRIVED));
    assertThat(decoder.rejection(early)).isEqualTo(Rejection.UNKNOWN_SCHEMA_ID);

    registry.register("sales", READER);
    open();

    assertThat(decoder.decode(early).row().getUTF8String(0)).hasToString("s-1");
  }
}
