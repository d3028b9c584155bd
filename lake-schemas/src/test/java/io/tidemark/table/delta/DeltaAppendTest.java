package io.tidemark.table.delta;

import static io.tidemark.table.Sales.DATE_ALONE;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.assertRows;
import static io.tidemark.table.Sales.internal;
import static io.tidemark.table.Sales.rows;
import static io.tidemark.table.Sales.sale;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.get_json_object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Sales;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.rdd.RDD;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.SerializerInstance;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.delta.DeltaLog;
import org.apache.spark.sql.delta.Snapshot;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import scala.Option;
import scala.reflect.ClassTag;

/** Appends to Delta of rows that come without a plan: what its log and its readers rely on. */
class DeltaAppendTest {
  @TempDir Path folder;
  private TestLake lake;
  private LakeTable table;

  @BeforeEach
  void open() {
    lake = TestLake.in(folder);
    table = lake.lake().create(Sales.table(TableFormat.DELTA));
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @Test
  void saysOfDeltasFilesWhatDeltaDoes() {
    Row[] sales = {MUG, DATE_ALONE, sale("north", "pot", "1.000", "2011-01-01")};

    table.append(rows(lake, sales).coalesce(1), new Commit("delta", 0));
    append(new Commit("direct", 0), sales);

    assertThat(statistics("$.numRecords")).containsExactly("3", "3");
    assertThat(statistics("$.minValues.sold_at")).hasSize(2).doesNotContainNull();
    assertThat(statistics("$.minValues.sold_at").stream().distinct()).hasSize(1);
    assertThat(statistics("$.maxValues.sold_at").stream().distinct()).hasSize(1);
    assertThat(statistics("$.nullCount.sold_at")).containsExactly("1", "1");
    assertThat(statistics("$.minValues.shop")).containsExactly("north", "north");
    assertThat(statistics("$.maxValues.shop")).containsExactly("north", "north");
    assertThat(statistics("$.nullCount.shop")).containsExactly("1", "1");
  }

  /** Delta cuts it, the greatest upwards; a reader takes what has no statistics for anything. */
  @Test
  void saysNothingOfALongText() {
    append(new Commit("direct", 0), MUG, sale("z".repeat(33), "pot", "1.000", "2011-01-01"));

    assertThat(statistics("$.maxValues.shop")).containsExactly((String) null);
    assertThat(table.read(lake.spark()).where(col("shop").gt("zz")).count()).isOne();
  }

  @Test
  void leavesADeltaTableThatAsksForMoreToDelta() {
    lake.spark()
        .sql("ALTER TABLE delta.`%s` ADD CONSTRAINT sold CHECK (price > 0)".formatted(path()));

    assertThatThrownBy(
            () -> append(new Commit("land", 0), sale("north", "gift", "0.000", "2011-01-01")))
        .hasMessageContaining("CHECK constraint sold");
    append(new Commit("land", 0), MUG);

    assertRows(lake, table, MUG);
  }

  @Test
  void refusesColumnsThatADeltaTableHasLostMeanwhile() {
    StructType more = Sales.COLUMNS.add("till", DataTypes.IntegerType);
    table = lake.lake().create(Sales.table(TableFormat.DELTA, more));
    Row row = RowFactory.create(MUG.get(0), MUG.get(1), MUG.get(2), MUG.get(3), MUG.get(4), 7);
    RDD<InternalRow> rows = internal(lake.spark().createDataFrame(List.of(row), more));
    lake.spark().sql("RESTORE TABLE delta.`%s` TO VERSION AS OF 0".formatted(path()));

    assertThatThrownBy(() -> table.land(lake.spark(), number -> rows, new Commit("land", 0), 0))
        .hasMessageContaining("schema mismatch");

    assertThat(table.read(lake.spark()).isEmpty()).isTrue();
  }

  /** Spark may be told to use it for what tasks return. */
  @Test
  void tellsOfItsFilesThroughKryo() throws Exception {
    RDD<InternalRow> rows = internal(rows(lake, MUG).coalesce(1));
    DeltaAppend append =
        new DeltaAppend(
            lake.spark(),
            snapshot(),
            new DeltaCommit(log(), table.definition(), new Commit("land", 0)));
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

  private boolean append(Commit commit, Row... rows) {
    return table
        .land(lake.spark(), number -> internal(rows(lake, rows).coalesce(1)), commit, 0)
        .isPresent();
  }

  private List<String> statistics(String path) {
    return snapshot()
        .allFiles()
        .toDF()
        .select(get_json_object(col("stats"), path))
        .collectAsList()
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private Snapshot snapshot() {
    return log().update(false, Option.empty(), Option.empty());
  }

  private DeltaLog log() {
    return DeltaLog.forTable(lake.spark(), path().toString());
  }

  private Path path() {
    return lake.warehouse().resolve("shop/sales");
  }
}
