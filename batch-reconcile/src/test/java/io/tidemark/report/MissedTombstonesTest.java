package io.tidemark.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.dimension.DimensionRows;
import io.tidemark.dimension.DimensionTable;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.Looks;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MissedTombstonesTest {
  @TempDir private Path folder;

  @Test
  void aRowWhoseTombstoneHasAnotherSchemaIdIsTold() {
    try (TestLake lake = TestLake.in(folder)) {
      LakeTable prices =
          lake.lake()
              .create(
                  new TableDefinition(
                      "till.prices",
                      TableFormat.DELTA,
                      DimensionTable.columns(StructType.fromDDL("station STRING")),
                      Optional.empty(),
                      List.of("station")));
      LakeTable shadow =
          lake.lake().create(DimensionRows.shadow("till.prices_shadow", prices.definition()));
      prices.append(
          lake.spark()
              .sql(
                  """
                  SELECT station, offset AS _offset, timestamp'2024-05-01 08:00:00' AS _timestamp,
                    CAST(NULL AS STRING) AS _rescued, 0 AS _topic_partition, key AS _key
                  FROM VALUES ('Kotti', 2L, X'0000000002054B'), ('Zoo', 7L, X'00000000025A5A'),
                    ('a long', 3L, X'0000000002000001'), ('Mitte', 4L, X'4D69747465')
                    AS t(station, offset, key)"""),
          new Commit("till.land.prices", 0));
      shadow.append(
          lake.spark()
              .sql(
                  """
                  SELECT CAST(NULL AS STRING) AS station, 5L AS _offset,
                    timestamp'2024-05-01 08:00:00' AS _timestamp, CAST(NULL AS STRING) AS _rescued,
                    0 AS _topic_partition, key AS _key, true AS _tombstone
                  FROM VALUES (X'0000000003054B'), (X'00000000035A5A'), (X'0000000003000001'),
                    (X'0069747465') AS t(key)"""),
          new Commit("till.land.prices.shadow", 0));

      assertThat(
              MissedTombstones.problem(lake.spark(), "prices", List.of("station"), prices, shadow)
                  .orElseThrow())
          .startsWith("prices: 1 rows look deleted but are not")
          .contains("'Kotti'. The row's key has schema id 2, the tombstone's 3");
      TestLake looking = TestLake.in(folder, Looks.SETTINGS);
      LakeTable small = looking.lake().find(shadow.definition()).orElseThrow();
      assertThat(
              MissedTombstones.problem(
                  looking.spark(), "prices", List.of("station"), prices, small))
          .as("asked by a verb that only looks")
          .isEqualTo(
              MissedTombstones.problem(lake.spark(), "prices", List.of("station"), prices, shadow));
    }
  }
}
