package io.tidemark.table;

import static io.tidemark.table.Sales.CUP;
import static io.tidemark.table.Sales.MUG;
import static io.tidemark.table.Sales.rows;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where a lake's tables are. */
class LakeFolderIT {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource
  void keepsItsTablesInItsFolderWhateverItsName(TableFormat format) throws IOException {
    Path named = Files.createDirectory(folder.resolve("o'brien's 100% lake"));
    try (TestLake lake = TestLake.in(named)) {
      LakeTable table = lake.lake().create(Sales.table(format));
      table.append(rows(lake, MUG, CUP), new Commit("land", 0));
      table.erase(
          lake.spark().sql("SELECT 'cup' AS item"),
          List.of("item"),
          "true",
          new Commit("forget", 0));
      lake.lake().register(lake.spark());

      assertThat(lake.spark().sql("SELECT * FROM shop.sales").collectAsList()).containsExactly(MUG);
      assertThat(named.resolve("warehouse/shop/sales")).isNotEmptyDirectory();
    }
    try (Stream<Path> siblings = Files.list(folder)) {
      assertThat(siblings.filter(Files::isDirectory)).containsExactly(named);
    }
  }

  @Test
  void lakesOfOneProcessDoNotMeet(@TempDir Path elsewhere) {
    try (TestLake lake = TestLake.in(folder);
        TestLake other = TestLake.in(elsewhere)) {
      lake.lake()
          .create(Sales.table(TableFormat.DELTA))
          .append(rows(lake, MUG), new Commit("q", 0));
      lake.lake().register(lake.spark());

      assertThat(other.lake().register(other.spark())).isEmpty();
      assertThat(other.lake().find(Sales.table(TableFormat.DELTA))).isEmpty();
      assertThat(other.lake().find(Sales.table(TableFormat.ICEBERG))).isEmpty();
    }
  }
}
