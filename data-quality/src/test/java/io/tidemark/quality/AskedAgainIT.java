package io.tidemark.quality;

import static io.tidemark.quality.Readings.COLUMNS;
import static io.tidemark.quality.Readings.COMPLETE;
import static io.tidemark.quality.Readings.TABLE;
import static io.tidemark.quality.Readings.said;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.ops.Operations;
import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is asked again, because it or its rows have changed. */
class AskedAgainIT {
  @TempDir private Path folder;

  private LakeUnderTest lake(TableFormat format, String... checks) throws IOException {
    return Readings.checked(folder, format, checks);
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void whatHasNotChangedIsNotAskedAgain(TableFormat format) throws IOException {
    LakeUnderTest lake = lake(format, COMPLETE);
    lake.all();
    QualityReport again = lake.dirty();
    assertThat(again.results()).isEmpty();
    assertThat(again.exitCode()).as("what was asked before is only named").isZero();
    assertThat(again.text())
        .contains(
            "5 results are still up to date",
            "plant.readings, a site: still fails, in 1 results of earlier runs.");
    assertThat(again.json()).contains("\"still_failing\"", "\"refused\" : 0");
    lake.checks(TABLE, COMPLETE.replace("}", ", gate: seal}"));
    assertThat(lake.dirty().exitCode()).as("a gate still holds back").isEqualTo(11);
    lake.checks(TABLE, COMPLETE);

    lake.append(TABLE, format, lake.rows(COLUMNS, "(date'2024-01-04', null, 9)"));
    assertThat(said(lake.dirty())).containsExactly("2024-01-04 failed 0.5");
    assertThat(lake.dirty().results()).isEmpty();

    lake.checks(TABLE, COMPLETE, "{name: more, check: size, at-least: 1}");
    assertThat(lake.dirty().results())
        .extracting(result -> result.check().name())
        .containsOnly("more");
    lake.checks(TABLE, COMPLETE.replace("}", ", at-least: 0.5}"));
    assertThat(said(lake.dirty())).hasSize(5).contains("2024-01-02 passed 0.5");
  }

  @Test
  void anEditThatIsFoundAfterwardsInWhatWasAskedIsNotAskedAgain() throws IOException {
    LakeUnderTest lake = lake(TableFormat.ICEBERG, COMPLETE);
    lake.looked(0, null);
    lake.all();
    assertThat(lake.dirty().results()).isEmpty();

    lake.looked(1, "2024-01-04");
    assertThat(lake.dirty().results()).isEmpty();
    lake.spark().sql("UPDATE lake.%s SET site = null WHERE value = 3".formatted(TABLE));
    assertThat(said(lake.dirty())).containsExactly("2024-01-04 failed 0");
  }

  @Test
  void aTableOfResultsFromBeforeAnomaliesSaidWhatTheyWereComparedWithIsReadAndWritten()
      throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            COMPLETE,
            "{name: steady, check: size, anomaly: {max-increase: 9, least-history: 1}}");
    lake.all();
    lake.spark().sql("ALTER TABLE lake.ops.quality DROP COLUMN compared");

    assertThat(lake.dirty().results())
        .hasSize(5)
        .extracting(result -> result.check().name())
        .containsOnly("steady");
  }

  @Test
  void whatCouldNotBeComputedIsAskedAgain() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: whole, check: compliance, condition: 10 / (value - 1) > 0}");
    lake.on("2024-01-02");
    lake.on("2024-01-04");

    assertThat(said(lake.dirty()))
        .contains("2024-01-02 error nothing")
        .doesNotContain("2024-01-04 passed 1");
    assertThat(lake.kept(Operations.QUALITY))
        .filteredOn(row -> row.getAs("outcome").equals("error"))
        .extracting(row -> row.<Long>getAs("table_rows"))
        .containsOnlyNulls();
  }

  @Test
  void aWholeTableIsAskedAgainAtAnotherVersion() throws IOException {
    LakeUnderTest lake =
        lake(TableFormat.DELTA, COMPLETE.replace("}", ", per: table, at-least: 0.5}"));
    lake.all();
    assertThat(lake.dirty().results()).isEmpty();
    lake.spark()
        .sql(
            "ALTER TABLE delta.`%s` SET TBLPROPERTIES ('a' = 'b')"
                .formatted(lake.tables().deltaPath(TABLE)));

    assertThat(said(lake.dirty())).containsExactly("null passed 0.75");
  }

  @Test
  void anEditThatLeavesAsManyRowsIsAChange() throws IOException {
    LakeUnderTest lake = lake(TableFormat.DELTA, COMPLETE);
    lake.all();
    String table = "delta.`%s`".formatted(lake.tables().deltaPath(TABLE));
    lake.spark()
        .sql(
            "ALTER TABLE %s SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')"
                .formatted(table));
    lake.spark().sql("UPDATE %s SET site = null WHERE value = 3".formatted(table));

    assertThat(said(lake.dirty())).containsExactly("2024-01-04 failed 0");
  }

  @Test
  void whatAKilledRunHasLeftIsTakenForNothingButAMeasurement() throws IOException {
    LakeUnderTest lake = lake(TableFormat.DELTA, COMPLETE);
    // As if it had ended between the metrics and the results: no table can be made there.
    Path blocked = Path.of(lake.warehouse()).resolve("ops/quality");
    Files.createDirectories(blocked.getParent());
    Files.writeString(blocked, "in the way");

    assertThatThrownBy(lake::all).isInstanceOf(Exception.class);
    assertThat(lake.kept(Operations.QUALITY_METRICS)).hasSize(3);

    Files.delete(blocked);
    assertThat(lake.dirty().results()).hasSize(5);
    Map<Object, List<Row>> runs =
        lake.kept(Operations.QUALITY_METRICS).stream().collect(groupingBy(row -> row.getAs("run")));
    assertThat(runs).hasSize(2);
    assertThat(lake.kept(Operations.RUNS))
        .extracting(row -> row.<String>getAs("outcome"))
        .containsExactlyInAnyOrder("failed", "refused");
  }
}
