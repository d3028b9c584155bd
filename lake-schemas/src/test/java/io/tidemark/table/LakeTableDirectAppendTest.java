package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.get_json_object;
import static org.apache.spark.sql.functions.lit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Date;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.rdd.RDD;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import scala.Option;
import scala.reflect.ClassTag;

/** Appends of rows that come without a plan, whatever the table's format. */
class LakeTableDirectAppendTest {
  private static final Row NOTHING_BUT_A_DATE =
      RowFactory.create(null, null, null, null, Date.valueOf("2011-01-01"));

  @TempDir Path folder;
  private TestLake lake;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void appendsEachBatchOnce(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(append(table, new Commit("land", 3), MUG, NOTHING_BUT_A_DATE, CUP)).isTrue();
    assertThat(append(table, new Commit("land", 3), MUG)).isFalse();
    assertThat(append(table, new Commit("land", 2), MUG)).isFalse();

    assertRows(lake, table, MUG, NOTHING_BUT_A_DATE, CUP);
    assertThat(table.countsByDate()).containsEntry(Sales.FIRST, 2L).containsEntry(Sales.SECOND, 1L);
    assertThat(table.lastBatch("land")).hasValue(3);
  }

  @ParameterizedTest
  @EnumSource
  void remembersABatchWithoutRows(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));

    assertThat(append(table, new Commit("land", 0))).isTrue();

    assertThat(table.lastBatch("land")).hasValue(0);
    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
  }

  /** As Kafka's rows are, of which each is written over the one before. */
  @ParameterizedTest
  @EnumSource
  void keepsRowsThatShareTheirMemory(TableFormat format) {
    LakeTable table = lake.lake().create(Sales.table(format));
    Dataset<Row> renamed =
        rows(lake, MUG, CUP).coalesce(1).withColumn("item", concat(col("item"), lit("s")));

    table.append(lake.spark(), internal(renamed), new Commit("land", 0));

    assertRows(
        lake,
        table,
        sale("north", "mugs", "2.550", "2011-01-01"),
        sale("south", "cups", "0.125", "2011-01-02"));
  }

  @ParameterizedTest
  @EnumSource
  void findsItsColumnsWhereverTheTableHasThem(TableFormat format) {
    lake.lake().create(Sales.table(format));
    StructType more =
        StructType.fromDDL(
            "till INT, shop STRING, item STRING, price DECIMAL(18,3), date DATE, sold_at TIMESTAMP");
    LakeTable table = lake.lake().create(Sales.table(format, more));
    Row row = RowFactory.create(7, "north", "mug", MUG.get(2), MUG.get(4), MUG.get(3));

    table.append(
        lake.spark(),
        internal(lake.spark().createDataFrame(List.of(row), more)),
        new Commit("land", 0));

    assertThat(
            table
                .read(lake.spark())
                .select("till", "shop", "item", "price", "date", "sold_at")
                .collectAsList())
        .containsExactly(row);
  }

  @ParameterizedTest
  @EnumSource
  void leavesNothingOfABatchThatFails(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row undated = sale("north", "mug", "2.550", null);

    assertThatThrownBy(() -> append(table, new Commit("land", 0), MUG, CUP, undated))
        .isInstanceOf(Exception.class);

    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
    assertThat(table.lastBatch("land")).isEmpty();
    assertThat(dataFiles()).isEmpty();
    assertThat(append(table, new Commit("land", 0), MUG, CUP)).isTrue();
    assertRows(lake, table, MUG, CUP);
  }

  @Test
  void saysOfDeltasFilesWhatDeltaDoes() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA));
    Row[] sales = {MUG, NOTHING_BUT_A_DATE, sale("north", "pot", "1.000", "2011-01-01")};

    table.append(rows(lake, sales).coalesce(1), new Commit("delta", 0));
    append(table, new Commit("direct", 0), sales);

    assertThat(statistics("$.numRecords")).containsExactly("3", "3");
    assertThat(statistics("$.minValues.sold_at")).hasSize(2).doesNotContainNull();
    assertThat(statistics("$.minValues.sold_at").stream().distinct()).hasSize(1);
    assertThat(statistics("$.maxValues.sold_at").stream().distinct()).hasSize(1);
    assertThat(statistics("$.nullCount.sold_at")).containsExactly("1", "1");
    // Only Delta's own writer has statistics of text.
    assertThat(statistics("$.minValues.shop")).containsExactlyInAnyOrder("north", null);
  }

  @Test
  void leavesADeltaTableThatAsksForMoreToDelta() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA));
    lake.spark()
        .sql(
            "ALTER TABLE delta.`%s` ADD CONSTRAINT sold CHECK (price > 0)"
                .formatted(lake.warehouse().resolve("shop/sales")));

    assertThatThrownBy(
            () ->
                append(table, new Commit("land", 0), sale("north", "gift", "0.000", "2011-01-01")))
        .hasMessageContaining("CHECK constraint sold");
    append(table, new Commit("land", 0), MUG);

    assertRows(lake, table, MUG);
  }

  /**
   * Its order is for compaction: to sort would be a second pass, and a stream's files are small.
   */
  @Test
  void appendsRowsAsTheyComeToAnIcebergTableWithAnOrder() {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.ICEBERG));
    lake.spark().sql("ALTER TABLE lake.shop.sales WRITE ORDERED BY item");
    lake.spark()
        .sql(
            "ALTER TABLE lake.shop.sales SET TBLPROPERTIES ('write.spark.fanout.enabled'='false')");

    append(table, new Commit("land", 0), MUG, CUP, MUG);

    assertRows(lake, table, MUG, CUP, MUG);
  }

  @Test
  void refusesColumnsThatADeltaTableHasLostMeanwhile() {
    lake.lake().create(Sales.table(TableFormat.DELTA));
    StructType more = Sales.COLUMNS.add("till", DataTypes.IntegerType);
    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA, more));
    Row row = RowFactory.create(MUG.get(0), MUG.get(1), MUG.get(2), MUG.get(3), MUG.get(4), 7);
    RDD<InternalRow> rows = internal(lake.spark().createDataFrame(List.of(row), more));
    lake.spark()
        .sql(
            "RESTORE TABLE delta.`%s` TO VERSION AS OF 0"
                .formatted(lake.warehouse().resolve("shop/sales")));

    assertThatThrownBy(() -> table.append(lake.spark(), rows, new Commit("land", 0)))
        .hasMessageContaining("schema mismatch");

    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
  }

  /** Spark may be told to use it for what tasks return. */
  @Test
  void tellsOfItsFilesThroughKryo() throws Exception {
    LakeTable table = lake.lake().create(Sales.table(TableFormat.DELTA));
    RDD<InternalRow> rows = internal(rows(lake, MUG).coalesce(1));
    DeltaLog log =
        DeltaLog.forTable(lake.spark(), lake.warehouse().resolve("shop/sales").toString());
    DeltaAppend append =
        new DeltaAppend(
            lake.spark(),
            log,
            log.update(false, Option.empty(), Option.empty()),
            table.definition(),
            new Commit("land", 0));
    DataWriter<InternalRow> writer = append.createBatchWriterFactory(() -> 1).createWriter(0, 0);
    for (InternalRow row : (InternalRow[]) rows.collect()) {
      writer.write(row);
    }
    Object written = writer.commit();
    SerializerInstance kryo = new KryoSerializer(new SparkConf()).newInstance();
    ClassTag<Object> any = ClassTag.apply(Object.class);

    Object read = kryo.deserialize(kryo.serialize(written, any), any);
    append.commit(new WriterCommitMessage[] {(WriterCommitMessage) read});

    assertRows(lake, table, MUG);
  }

  /** More of them than Delta's writer keeps files open. */
  @ParameterizedTest
  @EnumSource
  void writesAFileForEachOfManyDates(TableFormat format) throws Exception {
    LakeTable table = lake.lake().create(Sales.table(format));
    Row[] sales =
        IntStream.range(0, 90)
            .mapToObj(
                i -> sale("north", "item " + i, "1.000", "2011-01-%02d".formatted(i % 30 + 1)))
            .toArray(Row[]::new);

    append(table, new Commit("land", 0), sales);

    assertRows(lake, table, sales);
    assertThat(table.countsByDate())
        .hasSize(30)
        .allSatisfy((date, rows) -> assertThat(rows).isEqualTo(3));
    assertThat(dataFiles()).hasSize(30);
  }

  private boolean append(LakeTable table, Commit commit, Row... rows) {
    return table.append(lake.spark(), internal(rows(lake, rows).coalesce(1)), commit);
  }

  private static RDD<InternalRow> internal(Dataset<Row> rows) {
    return rows.queryExecution().toRdd();
  }

  private List<String> statistics(String path) {
    return DeltaLog.forTable(lake.spark(), lake.warehouse().resolve("shop/sales").toString())
        .update(false, Option.empty(), Option.empty())
        .allFiles()
        .toDF()
        .select(get_json_object(col("stats"), path))
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private List<Path> dataFiles() throws Exception {
    try (Stream<Path> files = Files.walk(lake.warehouse())) {
      return files
          .filter(file -> file.toString().endsWith(".parquet"))
          .filter(file -> !file.toString().contains("_delta_log"))
          .toList();
    }
  }
}
