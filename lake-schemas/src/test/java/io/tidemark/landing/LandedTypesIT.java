package io.tidemark.landing;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.dimension.DimensionTable;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Every type that a schema may have is kept, and read back, in both formats. */
class LandedTypesIT {
  private static final Instant NOW = Instant.parse("2024-05-01T08:00:00Z");
  private static final StructType RECORDS =
      StructType.fromDDL(
          "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT, timestamp"
              + " TIMESTAMP");
  private static final String LOCAL =
      """
      , {"name": "wall", "type": {"type": "long", "logicalType": "local-timestamp-millis"}}\
      """;
  private static final String SCHEMA =
      """
      {"type": "record", "name": "Ride", "fields": [
        {"name": "event_id", "type": "string"},
        {"name": "event_time", "type": {"type": "long", "logicalType": "timestamp-millis"}},
        {"name": "flag", "type": "boolean"},
        {"name": "ratio", "type": "float"},
        {"name": "measure", "type": "double"},
        {"name": "raw", "type": "bytes"},
        {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 16, "logicalType": "uuid"}},
        {"name": "span", "type": {"type": "fixed", "name": "Span", "size": 12, "logicalType": "duration"}},
        {"name": "colour", "type": {"type": "enum", "name": "Colour", "symbols": ["RED", "BLUE"]}},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "amount", "type": {"type": "fixed", "name": "Amount", "size": 11, "logicalType": "decimal", "precision": 25, "scale": 5}},
        {"name": "number", "type": {"type": "bytes", "logicalType": "big-decimal"}},
        {"name": "day", "type": {"type": "int", "logicalType": "date"}},
        {"name": "at_ms", "type": {"type": "int", "logicalType": "time-millis"}},
        {"name": "at_us", "type": {"type": "long", "logicalType": "time-micros"}},
        {"name": "seen", "type": {"type": "long", "logicalType": "timestamp-micros"}},
        {"name": "seen_ns", "type": {"type": "long", "logicalType": "timestamp-nanos"}},
        {"name": "items", "type": {"type": "array", "items": {"type": "record", "name": "Item", "fields": [
          {"name": "Sku", "type": "string"}, {"name": "sizes", "type": {"type": "array", "items": "int"}}]}}},
        {"name": "parts", "type": {"type": "map", "values": {"type": "record", "name": "Part", "fields": [{"name": "sku", "type": "string"}]}}},
        {"name": "one", "type": ["null", "string", {"type": "record", "name": "One", "fields": [{"name": "sku", "type": "string"}]}]},
        {"name": "plain", "type": ["null", {"type": "record", "name": "Plain", "fields": [{"name": "sku", "type": "string"}]}]},
        {"name": "needed", "type": {"type": "record", "name": "Needed", "fields": [{"name": "sku", "type": "string"}]}},
        {"name": "minutes", "type": ["null", "int", "long"]},
        {"name": "half", "type": ["float", "double"]}
      %s]}
      """;
  private static final String FULL =
      """
      {"event_id": "r1", "event_time": 1714550400000, "flag": true, "ratio": 0.5, "measure": 0.1, "raw": "A",
       "hash": "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u000e\\u000f",
       "span": "\\u0001\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000", "colour": "BLUE",
       "price": "\\u0000\\u0096", "amount": "\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0001",
       "number": "\\u0002\\u0005\\u0002", "day": 1, "at_ms": 2, "at_us": 3, "seen": 4, "seen_ns": 5,
       "items": [{"Sku": "a", "sizes": [1, 2]}], "parts": {"p": {"sku": "b"}}, "one": {"One": {"sku": "c"}},
       "plain": {"Plain": {"sku": "d"}}, "needed": {"sku": "e"}, "minutes": {"int": 12}, "half": {"float": 0.5}, "wall": 1000}
      """;

  @TempDir private Path folder;
  private TestLake lake;

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @CsvSource({"DELTA, false", "DELTA, true", "ICEBERG, false", "ICEBERG, true"})
  void everyTypeIsKeptAndReadBack(TableFormat format, boolean hasWallClock) throws IOException {
    lake = TestLake.in(folder);
    Schema schema = new Schema.Parser().parse(SCHEMA.formatted(hasWallClock ? LOCAL : ""));
    String full = hasWallClock ? FULL : FULL.replace(", \"wall\": 1000", "");
    String bare =
        full.replace("{\"One\": {\"sku\": \"c\"}}", "null")
            .replace("{\"Plain\": {\"sku\": \"d\"}}", "null")
            .replace("{\"int\": 12}", "null")
            .replace("\"r1\"", "\"r2\"");

    LakeTable table = table(format, schema);
    new EventsTable(table, format(schema))
        .write(
            records(schema, full, bare), 1, new Commit("bikes.land.rides", 0), deadLetters(format));

    List<String> rows =
        table
            .read(lake.spark())
            .orderBy("event_id")
            .select(
                to_json(
                    struct(
                        schema.getFields().stream()
                            .map(field -> col(field.name()))
                            .toArray(Column[]::new))))
            .as(Encoders.STRING())
            .collectAsList();
    String wall = hasWallClock ? ",\"wall\":\"1970-01-01T00:00:01.000\"" : "";
    String expected =
        "{\"event_id\":\"r1\",\"event_time\":\"2024-05-01T08:00:00.000Z\",\"flag\":true,\"ratio\":0.5,\"measure\":0.1,\"raw\":\"QQ==\",\"hash\":\"AAECAwQFBgcICQoLDA0ODw==\",\"span\":\"AQAAAAAAAAAAAAAA\",\"colour\":\"BLUE\",\"price\":1.50,\"amount\":0.00001,\"number\":\"AgUC\",\"day\":\"1970-01-02\",\"at_ms\":2,\"at_us\":3,\"seen\":\"1970-01-01T00:00:00.000Z\",\"seen_ns\":5,\"items\":[{\"Sku\":\"a\",\"sizes\":[1,2]}],\"parts\":{\"p\":{\"sku\":\"b\"}},\"one\":{\"member1\":{\"sku\":\"c\"}},\"plain\":{\"sku\":\"d\"},\"needed\":{\"sku\":\"e\"},\"minutes\":12,\"half\":0.5"
            + wall
            + "}";
    assertThat(rows)
        .containsExactly(
            expected,
            expected
                .replace("\"r1\"", "\"r2\"")
                .replace("\"one\":{\"member1\":{\"sku\":\"c\"}},\"plain\":{\"sku\":\"d\"},", "")
                .replace("\"minutes\":12,", ""));
  }

  @ParameterizedTest
  @EnumSource
  void aDimensionKeepsWhatIsRequiredWithinArraysAndMaps(TableFormat format) throws IOException {
    lake = TestLake.in(folder);
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Site", "fields": [
                  {"name": "site", "type": "string"},
                  {"name": "parts", "type": {"type": "array", "items": {"type": "record", "name": "Part", "fields": [{"name": "sku", "type": "string"}]}}},
                  {"name": "tags", "type": {"type": "map", "values": "int"}}
                ]}
                """);
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    "bikes.sites",
                    format,
                    DimensionTable.columns(EventColumns.fields(schema)),
                    Optional.empty(),
                    List.of("site")));
    DimensionTable sites =
        new DimensionTable(
            table,
            lake.lake().create(DimensionRows.shadow("bikes.sites_shadow", table.definition())),
            RecordFormat.ofDimension(schema, folder.resolve("registry").toUri(), List.of("site")),
            List.of("site"));
    String site = "{\"site\": \"%s\", \"parts\": [{\"sku\": \"%s\"}], \"tags\": {\"t\": 1}}";

    sites.write(
        records(schema, site.formatted("s", "a"), site.formatted("t", "b")),
        1,
        new Commit("bikes.land.sites", 0),
        deadLetters(format));
    sites.write(
        records(schema, site.formatted("s", "c")),
        1,
        new Commit("bikes.land.sites", 1),
        deadLetters(format));

    assertThat(
            table
                .read(lake.spark())
                .selectExpr("concat(site, parts[0].sku, tags['t']) AS row")
                .orderBy("row")
                .as(Encoders.STRING())
                .collectAsList())
        .containsExactly("sc1", "tb1");
  }

  private DeadLetters deadLetters(TableFormat format) {
    return new DeadLetters(
        OperationTables.open(lake.lake(), format).deadLetters(), "bikes", Instant.EPOCH);
  }

  private RecordFormat format(Schema schema) {
    return RecordFormat.ofEvents(
        schema,
        folder.resolve("registry").toUri(),
        LocalDate.parse("2024-01-01"),
        Duration.ofDays(1));
  }

  private LakeTable table(TableFormat format, Schema schema) {
    return lake.lake()
        .create(
            new TableDefinition(
                "bikes.rides",
                format,
                EventColumns.of(schema),
                Optional.of("date"),
                List.of("_landed_batch")));
  }

  private Dataset<Row> records(Schema schema, String... events) throws IOException {
    int id = SchemaRegistry.at(folder.resolve("registry").toUri()).register("rides", schema);
    List<Row> records = new ArrayList<>();
    for (String event : events) {
      records.add(
          RowFactory.create(
              null,
              encoded(id, schema, event),
              "rides",
              0,
              (long) records.size(),
              Timestamp.from(NOW)));
    }
    return lake.spark().createDataFrame(records, RECORDS);
  }

  private static byte[] encoded(int id, Schema schema, String json) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(ByteBuffer.allocate(5).putInt(1, id).array());
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    new GenericDatumWriter<>(schema)
        .write(
            new GenericDatumReader<>(schema)
                .read(null, DecoderFactory.get().jsonDecoder(schema, json)),
            encoder);
    return bytes.toByteArray();
  }
}
