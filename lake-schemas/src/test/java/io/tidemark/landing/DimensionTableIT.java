package io.tidemark.landing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.LedgerSpan;
import io.tidemark.ops.OperationTables;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.RecordFormat;
import io.tidemark.schema.SchemaRegistry;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dimension's topic, from bytes to rows. */
class DimensionTableIT {
  private static final String TOPIC = "prices";
  private static final Schema PRICE =
      SchemaBuilder.record("Price")
          .fields()
          .requiredString("station")
          .requiredInt("price")
          .endRecord();
  private static final List<String> KEY = List.of("station");
  private static final Instant TEN = Instant.parse("2011-01-01T10:00:00Z");

  @TempDir private Path folder;
  private TestLake lake;
  private int schemaId;
  private final List<Row> records = new ArrayList<>();

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    schemaId = SchemaRegistry.at(registry()).register(TOPIC, PRICE);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  private URI registry() {
    return folder.resolve("registry").toUri();
  }

  @ParameterizedTest
  @EnumSource
  void offsetsDecideAndNotClocks(TableFormat format) {
    record("Zoo", TEN, price("Zoo", 2));
    record("Zoo", TEN.minusSeconds(3600), price("Zoo", 3));

    land(format, 0);

    assertThat(rows(format)).containsExactly("Zoo 3");
  }

  @ParameterizedTest
  @EnumSource
  void aRecordWithoutAValueDeletesTheRowOfItsKey(TableFormat format) {
    record("Zoo", TEN, price("Zoo", 2));
    record("Mitte", TEN, price("Mitte", 4));
    record("Zoo", TEN, null);
    record("nobody's", TEN, null);
    record(null, TEN, null);

    assertThat(land(format, 0)).containsExactly(new LedgerSpan(TOPIC, 0, 0, 5, 4, 1, 0));
    assertThat(rows(format)).containsExactly("Mitte 4");
    assertThat(deadLetters(format)).containsExactly("null-value");

    record("Zoo", TEN, price("Zoo", 5));
    land(format, 1);
    assertThat(rows(format)).containsExactly("Mitte 4", "Zoo 5");
  }

  @ParameterizedTest
  @EnumSource
  void aBatchThatIsTriedAgainChangesNothing(TableFormat format) {
    record("Zoo", TEN, price("Zoo", 2));
    record("Zoo", TEN, null);
    List<Row> batch = List.copyOf(records);
    land(format, 0);
    long version = table(format).version();

    records.addAll(batch);
    land(format, 0);

    assertThat(table(format).version()).isEqualTo(version);
    assertThat(rows(format)).isEmpty();
  }

  private void record(String key, Instant timestamp, byte[] value) {
    records.add(
        RowFactory.create(
            key == null ? null : key.getBytes(UTF_8),
            value,
            TOPIC,
            0,
            (long) records.size(),
            Timestamp.from(timestamp)));
  }

  /** In Confluent's framing. */
  private byte[] price(String station, int price) {
    byte[] text = station.getBytes(UTF_8);
    return ByteBuffer.allocate(7 + text.length)
        .put((byte) 0)
        .putInt(schemaId)
        .put((byte) (text.length << 1))
        .put(text)
        .put((byte) (price << 1))
        .array();
  }

  /** All records so far, which is more than came since the last batch. */
  private List<LedgerSpan> land(TableFormat format, long batch) {
    LakeTable table = table(format);
    LakeTable shadow =
        lake.lake().create(DimensionRows.shadow("bikes.prices_shadow", table.definition()));
    RecordFormat prices = RecordFormat.ofDimension(PRICE, registry(), KEY);
    return new Landing(
            new LandingQuery("bikes", "prices"),
            new DimensionTable(table, shadow, prices, KEY),
            operations(format),
            SchemaMemory.in(lake.checkpoint("land")),
            Clock.systemUTC(),
            dates -> {})
        .land(
            lake.spark()
                .createDataFrame(
                    records,
                    StructType.fromDDL(
                        "key BINARY, value BINARY, topic STRING, partition INT, offset BIGINT,"
                            + " timestamp TIMESTAMP")),
            List.of(new PlannedSpan(new TopicPartition(TOPIC, 0), 0, records.size())),
            new Commit("bikes.land.prices", batch))
        .spans();
  }

  private LakeTable table(TableFormat format) {
    return lake.lake()
        .create(
            new TableDefinition(
                "bikes.prices",
                format,
                DimensionTable.columns(EventColumns.fields(PRICE)),
                Optional.empty(),
                KEY));
  }

  private OperationTables operations(TableFormat format) {
    return OperationTables.open(lake.lake(), format);
  }

  private List<String> rows(TableFormat format) {
    return table(format).read(lake.spark()).orderBy("station").collectAsList().stream()
        .map(row -> row.getString(0) + " " + row.getInt(1))
        .toList();
  }

  private List<String> deadLetters(TableFormat format) {
    return operations(format).deadLetters().read(lake.spark()).collectAsList().stream()
        .map(row -> row.<String>getAs("reason"))
        .toList();
  }
}
