package io.tidemark.dimension;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A dimension's rows depend on its deliveries alone, however they land. */
class DimensionHistoriesIT {
  /** More with {@code -Dtidemark.dimension-histories=20000}. */
  private static final long HISTORIES = Long.getLong("tidemark.dimension-histories", 500);

  private static final StructType FIELDS =
      StructType.fromDDL("world INT NOT NULL, station STRING NOT NULL, price INT NOT NULL");
  private static final List<String> KEY = List.of("world", "station");

  @TempDir private Path folder;
  private TestLake lake;
  private int lands;

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
  void rowsAreThoseOfTheDeliveriesWhateverTheBatches(TableFormat format) {
    List<DimensionHistory> histories =
        LongStream.range(0, HISTORIES).mapToObj(DimensionHistory::of).toList();
    assertThat(histories).as("some rows are deleted, some not").anyMatch(h -> h.rows().isEmpty());
    assertThat(histories).anyMatch(history -> history.rows().size() == 3);

    List<DimensionHistory> wrong = wrong(format, histories);

    if (!wrong.isEmpty()) {
      DimensionHistory smallest = shrunk(format, wrong.get(0));
      assertThat(landed(format, List.of(smallest)).get(0))
          .as("%d histories are wrong, one of them, made smaller: %s", wrong.size(), smallest)
          .isEqualTo(smallest.rows());
    }
  }

  private DimensionHistory shrunk(TableFormat format, DimensionHistory failing) {
    DimensionHistory smallest = failing;
    List<DimensionHistory> next = wrong(format, smallest.smaller());
    while (!next.isEmpty()) {
      smallest = next.get(0);
      next = wrong(format, smallest.smaller());
    }
    return smallest;
  }

  private List<DimensionHistory> wrong(TableFormat format, List<DimensionHistory> histories) {
    List<List<String>> rows = landed(format, histories);
    return IntStream.range(0, histories.size())
        .filter(world -> !rows.get(world).equals(histories.get(world).rows()))
        .mapToObj(histories::get)
        .toList();
  }

  /** The rows of each history, which is a world of its own: with partitions and keys of its own. */
  private List<List<String>> landed(TableFormat format, List<DimensionHistory> worlds) {
    DimensionRows dimension = dimension(format, "bikes.prices_" + lands++);
    int batches = worlds.stream().mapToInt(world -> world.batches().size()).max().orElse(0);
    for (int batch = 0; batch < batches; batch++) {
      List<Row> rows = new ArrayList<>();
      for (int world = 0; world < worlds.size(); world++) {
        if (batch < worlds.get(world).batches().size()) {
          for (DimensionHistory.Delivery delivery : worlds.get(world).batches().get(batch)) {
            rows.add(row(world, delivery));
          }
        }
      }
      dimension.deliver(
          lake.spark().createDataFrame(rows, dimension.shadow().definition().columns()),
          new Commit("land", batch));
    }
    List<List<String>> landed = new ArrayList<>();
    worlds.forEach(world -> landed.add(new ArrayList<>()));
    dimension
        .table()
        .read(lake.spark())
        .orderBy("world", "station")
        .collectAsList()
        .forEach(row -> landed.get(row.getInt(0)).add(row.getString(1) + "=" + row.getInt(2)));
    return landed;
  }

  private static Row row(int world, DimensionHistory.Delivery delivery) {
    boolean tombstone = delivery.station() == null;
    String key = delivery.key() == null ? null : world + delivery.key();
    return RowFactory.create(
        tombstone ? null : world,
        delivery.station(),
        tombstone ? null : delivery.price(),
        delivery.offset(),
        Timestamp.from(Instant.ofEpochSecond(delivery.timestamp())),
        null,
        world * 10 + delivery.partition(),
        key == null ? null : key.getBytes(UTF_8),
        tombstone);
  }

  private DimensionRows dimension(TableFormat format, String name) {
    LakeTable table =
        lake.lake()
            .create(
                new TableDefinition(
                    name, format, DimensionTable.columns(FIELDS), Optional.empty(), KEY));
    return new DimensionRows(
        table, lake.lake().create(DimensionRows.shadow(name + "_shadow", table.definition())), KEY);
  }
}
