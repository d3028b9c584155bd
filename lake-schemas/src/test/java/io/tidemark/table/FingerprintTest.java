package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FingerprintTest {
  @TempDir private Path folder;

  @Test
  void rowsThatTheDriverHasAreNamedAsThoseThatTasksRead() {
    try (TestLake lake = TestLake.in(folder)) {
      List<Row> rows = new ArrayList<>(List.of(Sales.MUG, Sales.CUP, Sales.CUP, Sales.DATE_ALONE));
      for (List<Row> some : List.of(List.<Row>of(), rows)) {
        Dataset<Row> local = lake.spark().createDataFrame(some, Sales.COLUMNS);
        Dataset<Row> read = lake.spark().createDataFrame(local.toJavaRDD(), Sales.COLUMNS);
        assertThat(FewRows.are(local)).isTrue();
        assertThat(FewRows.are(local.select("shop", "item"))).isTrue();
        assertThat(FewRows.are(read)).isFalse();

        assertThat(Fingerprint.of(local)).isEqualTo(Fingerprint.of(read));
        assertThat(Fingerprint.of(local.select("shop", "item")))
            .isEqualTo(Fingerprint.of(read.select("item", "shop")));
      }
      String name = Fingerprint.of(lake.spark().createDataFrame(rows, Sales.COLUMNS));
      Collections.reverse(rows);
      assertThat(Fingerprint.of(lake.spark().createDataFrame(rows, Sales.COLUMNS)))
          .isEqualTo(name)
          .startsWith("4:");
      assertThat(Fingerprint.of(lake.spark().createDataFrame(rows.subList(1, 4), Sales.COLUMNS)))
          .isNotEqualTo(name);
    }
  }
}
