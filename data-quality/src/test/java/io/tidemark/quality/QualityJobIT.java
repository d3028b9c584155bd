package io.tidemark.quality;

import static io.tidemark.quality.Readings.COLUMNS;
import static io.tidemark.quality.Readings.COMPLETE;
import static io.tidemark.quality.Readings.TABLE;
import static io.tidemark.quality.Readings.THREE_DAYS;
import static io.tidemark.quality.Readings.said;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ops.Operations;
import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is checked, and what is kept of it. */
class QualityJobIT {
  @TempDir private Path folder;

  private LakeUnderTest lake(TableFormat format, String... checks) throws IOException {
    return Readings.checked(folder, format, checks);
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void everyDateIsCheckedAlsoOneWithoutRowsAndAllIsKept(TableFormat format) throws IOException {
    LakeUnderTest lake =
        lake(format, COMPLETE, "{name: rows, check: size, at-least: 1, level: warning}");

    QualityReport report = lake.all();

    assertThat(said(report))
        .containsExactly(
            "2024-01-01 passed nothing",
            "2024-01-02 failed 0.5",
            "2024-01-03 passed nothing",
            "2024-01-04 passed 1",
            "2024-01-05 passed 1",
            "2024-01-01 failed 0",
            "2024-01-02 passed 2",
            "2024-01-03 failed 0",
            "2024-01-04 passed 1",
            "2024-01-05 passed 1");
    assertThat(report.exitCode()).isEqualTo(11);
    assertThat(lake.kept(Operations.QUALITY)).hasSize(10);
    assertThat(lake.kept(Operations.QUALITY))
        .filteredOn(row -> row.getAs("outcome").equals("failed"))
        .extracting(row -> row.getAs("check_name") + " " + row.getAs("date"))
        .containsExactlyInAnyOrder("a site 2024-01-02", "rows 2024-01-01", "rows 2024-01-03");
    assertThat(lake.kept(Operations.QUALITY_METRICS))
        .extracting(row -> row.getAs("metric") + " " + row.getAs("instance"))
        .containsOnly("Completeness site", "Size *")
        .hasSize(8);
    assertThat(lake.kept(Operations.RUNS))
        .singleElement()
        .satisfies(
            row -> {
              assertThat(row.<Integer>getAs("exit_code")).isEqualTo(11);
              assertThat(row.<String>getAs("outcome")).isEqualTo("refused");
              assertThat(row.<String>getAs("run")).isEqualTo(report.run());
            });
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void rowsWithoutADateAreToldOf(TableFormat format) throws IOException {
    LakeUnderTest lake = lake(format, COMPLETE);
    lake.append(TABLE, format, lake.rows(COLUMNS, "(cast(null AS date), null, 9)"));

    QualityReport report = lake.all();

    assertThat(said(report)).hasSize(5).contains("2024-01-05 passed 1");
    assertThat(report.text()).contains("plant.readings: 1 rows have no date");
    assertThat(report.json()).contains("\"without_date\" : 1");
  }

  @Test
  void aBadRowIsAnErrorOfItsOwnDateAlone() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: whole, check: compliance, condition: 10 / (value - 1) > 0}");

    assertThat(said(lake.all()))
        .containsExactly(
            "2024-01-01 passed nothing",
            "2024-01-02 error nothing",
            "2024-01-03 passed nothing",
            "2024-01-04 passed 1",
            "2024-01-05 passed 1");
  }

  @Test
  void anAnomalyOfATableWithoutDatesIsAnError() throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, TableFormat.ICEBERG);
    lake.write("other.things", TableFormat.ICEBERG, lake.rows("name", "('a')"));
    lake.checks("other.things", "{name: rows, check: size, anomaly: {deviations: 3}}");

    assertThat(lake.all().text())
        .contains("Cannot compare with earlier dates: table other.things has no column date");
  }

  @Test
  void aColumnThatAnIcebergTableHasGainedWithoutACommitIsThere() throws IOException {
    LakeUnderTest lake =
        lake(TableFormat.ICEBERG, "{name: a unit, check: completeness, column: unit}");
    lake.spark().sql("ALTER TABLE lake.%s ADD COLUMN unit STRING".formatted(TABLE));
    lake.spark().sql("ALTER TABLE lake.%s RENAME COLUMN site TO place".formatted(TABLE));

    assertThat(said(lake.on("2024-01-04"))).containsExactly("2024-01-04 failed 0");
    lake.checks(TABLE, "{name: a place, check: completeness, column: place}");
    assertThat(said(lake.on("2024-01-04"))).containsExactly("2024-01-04 passed 1");
  }

  @Test
  void deletedRowsAreNotSeen() throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, TableFormat.DELTA);
    lake.write(TABLE, TableFormat.DELTA, lake.rows(COLUMNS, THREE_DAYS).coalesce(1));
    String table = "delta.`%s`".formatted(lake.tables().deltaPath(TABLE));
    lake.spark()
        .sql(
            "ALTER TABLE %s SET TBLPROPERTIES ('delta.enableDeletionVectors' = 'true')"
                .formatted(table));
    lake.spark().sql("DELETE FROM %s WHERE site IS NULL".formatted(table));
    lake.checks(TABLE, COMPLETE);

    assertThat(said(lake.on("2024-01-02"))).containsExactly("2024-01-02 passed 1");
    assertThat(lake.all().exitCode()).isZero();
  }

  @Test
  void oneDateIsCheckedAloneWhetherOrNotItHasRows() throws IOException {
    LakeUnderTest lake = lake(TableFormat.ICEBERG, "{name: rows, check: size, at-least: 1}");

    assertThat(said(lake.on("2024-01-05"))).containsExactly("2024-01-05 passed 1");
    assertThat(said(lake.on("2030-01-01"))).containsExactly("2030-01-01 failed 0");
  }

  @Test
  void aSecondRunOfADateIsKeptBesideTheFirstAndCountsOnce() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: rows, check: size, anomaly: {deviations: 3, least-history: 4}}");
    lake.on("2024-01-02");
    lake.on("2024-01-02");

    assertThat(lake.kept(Operations.QUALITY)).hasSize(2);
    // One date is one value, however often it was measured.
    assertThat(lake.on("2024-01-04").results().get(0).message())
        .contains("only 3 earlier dates to compare with; 4 are needed");
  }

  @Test
  void aDateThatIsAskedAloneIsComparedWithWhatIsThereOnEarlierDates() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: steady, check: maximum, column: value,"
                + " anomaly: {max-increase: 1.2, history: 1, least-history: 1}}");

    assertThat(said(lake.on("2024-01-05"))).containsExactly("2024-01-05 failed 4");
    // The date before has no rows, so that it is the one before that.
    assertThat(said(lake.on("2024-01-04"))).containsExactly("2024-01-04 failed 3");
    lake.append(TABLE, TableFormat.ICEBERG, lake.rows(COLUMNS, "(date'2024-01-04', 'c', 9)"));
    assertThat(said(lake.on("2024-01-05"))).containsExactly("2024-01-05 passed 4");
  }

  @Test
  void aCheckOfATableIsAboutAllDatesAtOnce() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: dates, check: uniqueness, columns: [site], per: date}",
            "{name: table, check: uniqueness, columns: [site], per: table}");

    assertThat(said(lake.all()))
        .containsExactly(
            "2024-01-01 passed nothing",
            "2024-01-02 passed 1",
            "2024-01-03 passed nothing",
            "2024-01-04 passed 1",
            "2024-01-05 passed 1",
            "null failed 0.5");
  }

  @Test
  void rowsThatDoNotMeetACheckAreShownUpToALimit() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: small, check: compliance, condition: value < 2}",
            "{name: rows, check: size, at-least: 2}");

    QualityReport report = lake.run(new DateSelection(Optional.empty(), false), 2);

    assertThat(report.tables().get(0).offending().values())
        .singleElement()
        .satisfies(
            rows ->
                assertThat(rows)
                    .hasSize(2)
                    .allSatisfy(
                        row -> assertThat(row).contains("\"site\":").doesNotContain("_tidemark")));
    assertThat(report.text()).contains("plant.readings, small:").contains("\"value\":");
    assertThat(report.json()).contains("\"offending\"");
  }

  @Test
  void aTableThatIsNotThereIsAnError() throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, TableFormat.ICEBERG);
    lake.checks(TABLE, COMPLETE);

    QualityReport report = lake.all();

    assertThat(report.exitCode()).isEqualTo(11);
    assertThat(report.text())
        .contains("Cannot find table plant.readings: the lake has none of that name.");
    assertThat(lake.kept(Operations.QUALITY)).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void aTableWithoutRowsHasNothingToCheck(TableFormat format) throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, format);
    lake.write(TABLE, format, lake.rows(COLUMNS, THREE_DAYS).where("value > 9"));
    lake.checks(TABLE, COMPLETE, "{name: all, check: size, at-least: 1, per: table}");

    assertThat(said(lake.all())).containsExactly("null failed 0");
  }

  @Test
  void aWarningIsSaidAndIsNoError() throws IOException {
    LakeUnderTest lake = lake(TableFormat.ICEBERG, COMPLETE.replace("}", ", level: warning}"));

    QualityReport report = lake.all();

    assertThat(report.exitCode()).isZero();
    assertThat(report.outcome()).isEqualTo("warned");
  }

  @Test
  void twoLakesOfOneProcessDoNotSeeEachOther() throws IOException {
    LakeUnderTest one = lake(TableFormat.ICEBERG, COMPLETE);
    Path other = Files.createDirectories(folder.resolve("other"));
    LakeUnderTest two = LakeUnderTest.in(other, TableFormat.ICEBERG);
    two.checks(TABLE, COMPLETE);

    assertThat(two.all().results())
        .extracting(result -> result.outcome().text())
        .containsOnly("error");
    assertThat(one.all().results()).hasSize(5);
    assertThat(Stream.of(one, two).map(lake -> lake.kept(Operations.RUNS).size()).toList())
        .containsExactly(1, 1);
  }
}
