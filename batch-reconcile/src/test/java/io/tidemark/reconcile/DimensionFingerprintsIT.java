package io.tidemark.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.Seal;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.status.DimensionFingerprints;
import io.tidemark.status.ViewTables;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import io.tidemark.table.TestLake;
import io.tidemark.view.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DimensionFingerprintsIT {
  private static final StructType COLUMNS =
      StructType.fromDDL("station STRING, town STRING, docks INT, _offset BIGINT");

  private static final String PIPELINE =
      """
      name: bikes
      history-from: 2011-01-01
      events:
        - {name: rides, topic: rides, schema: event.avsc}
      dimensions:
        - {name: stations, topic: stations, schema: event.avsc, key: [station]}
      views:
        - {name: rides_by_station, sql: rides.sql, key: [window_start, station], lateness: 1 hour}
      """;

  @TempDir private Path folder;
  private TestLake lake;
  private int batches;

  @BeforeEach
  void open() throws IOException {
    lake = TestLake.in(folder);
    Files.writeString(folder.resolve("event.avsc"), "{}");
    Files.writeString(folder.resolve("pipeline.yaml"), PIPELINE);
    Files.writeString(
        folder.resolve("rides.sql"),
        """
        SELECT window.start AS window_start, r.station, max(s.town) AS town, count(*) AS rides
        FROM rides r LEFT JOIN stations s ON s.station = r.station
        GROUP BY window(event_time, '1 hour'), r.station
        """);
  }

  @AfterEach
  void close() {
    lake.close();
  }

  @ParameterizedTest
  @EnumSource
  void onlyWhatTheViewReadsCounts(TableFormat format) {
    LakeTable stations = table(format, COLUMNS);
    put(stations, "'Zoo', 'Berlin', 10, 1L");
    put(stations, "'Mitte', NULL, 3, 2L");
    Map<String, String> present = contents(stations, List.of()).present();

    put(stations, "'Zoo', 'Berlin', 11, 3L");
    assertThat(contents(stations, List.of()).present()).as("docks").isEqualTo(present);
    LakeTable wide = table(format, COLUMNS.add("note", "string"));
    assertThat(contents(wide, List.of()).present()).as("a new column").isEqualTo(present);
    put(stations, "'Zoo', 'Potsdam', 11, 3L");
    assertThat(contents(stations, List.of()).present()).as("town").isNotEqualTo(present);
    put(stations, "'Zoo', 'Berlin', 11, 4L");
    assertThat(contents(stations, List.of()).present()).as("as before").isEqualTo(present);
  }

  @ParameterizedTest
  @EnumSource
  void aSealOfAVersionHoldsWhileThatSaidTheSame(TableFormat format) {
    LakeTable stations = table(format, COLUMNS);
    put(stations, "'Zoo', 'Berlin', 10, 1L");
    Seal old = seal(stations.version());
    put(stations, "'Zoo', 'Berlin', 10, 2L");
    Seal older = seal(77);

    DimensionFingerprints same = contents(stations, List.of(old, older));
    assertThat(same.areThoseOf(old)).isTrue();
    assertThat(same.areThoseOf(older)).as("of a version that is gone").isFalse();

    put(stations, "'Zoo', 'Potsdam', 10, 3L");
    assertThat(contents(stations, List.of(old)).areThoseOf(old)).isFalse();
  }

  private LakeTable table(TableFormat format, StructType columns) {
    return lake.lake()
        .create(
            new TableDefinition(
                "bikes.stations", format, columns, Optional.empty(), List.of("station")));
  }

  private void put(LakeTable stations, String row) {
    stations.upsert(
        lake.spark().sql("SELECT " + row).toDF("station", "town", "docks", "_offset"),
        List.of("station"),
        new Commit("land", batches++));
  }

  private static Seal seal(long version) {
    return new Seal(
        LocalDate.parse("2011-01-01"),
        1,
        "f",
        1,
        1,
        OptionalLong.empty(),
        Map.of("stations", version),
        1,
        "v",
        "run",
        Instant.EPOCH,
        Optional.empty(),
        OptionalLong.empty(),
        OptionalLong.empty(),
        Map.of(),
        Optional.empty());
  }

  private DimensionFingerprints contents(LakeTable stations, List<Seal> seals) {
    Pipeline pipeline = PipelineFile.read(folder);
    ViewTables tables =
        new ViewTables(
            View.of(pipeline.views().get(0), pipeline), null, null, Map.of("stations", stations));
    return DimensionFingerprints.of(
        lake.spark(), tables, Map.of("stations", stations.version()), seals);
  }
}
