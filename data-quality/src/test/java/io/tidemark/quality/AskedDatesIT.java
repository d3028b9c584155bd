package io.tidemark.quality;

import static io.tidemark.quality.Readings.COLUMNS;
import static io.tidemark.quality.Readings.TABLE;
import static io.tidemark.quality.Readings.said;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which dates are asked where the files of a table do not say them, or nothing has one. */
class AskedDatesIT {
  private static final String OTHER = "plant.other";
  private static final String SOME = "{name: some, check: size, at-least: 1}";
  private static final String BIG = "{name: big, check: compliance, condition: value > 0}";

  @TempDir private Path folder;

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void aTableWithoutARowThatHasADateIsAskedOnceWithoutOne(TableFormat format) throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, format);
    lake.checks(
        OTHER,
        SOME,
        "{name: a site, check: completeness, column: site}",
        "{name: as many, check: size, anomaly: {deviations: 3}}");
    lake.write(OTHER, format, lake.rows(COLUMNS, "(date'2024-01-02', 'a', 1)").where("false"));

    QualityReport empty = lake.all();

    assertThat(said(empty)).containsExactly("null failed 0", "null error nothing");
    assertThat(empty.exitCode()).isEqualTo(11);
    assertThat(empty.text())
        .contains("Cannot compare with earlier dates: no row of table plant.other has a date.");
    assertThat(said(lake.dirty())).containsExactly("null error nothing");

    lake.append(OTHER, format, lake.rows(COLUMNS, "(cast(null AS date), 'a', 1)"));
    QualityReport undated = lake.dirty();
    assertThat(said(undated)).containsExactly("null failed 0", "null error nothing");
    assertThat(undated.text()).contains("plant.other: 1 rows have no date");

    lake.append(OTHER, format, lake.rows(COLUMNS, "(date'2024-01-02', 'a', 1)"));
    assertThat(said(lake.dirty())).hasSize(3).contains("2024-01-02 passed 1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "PARTITIONED BY (months(date))", "PARTITIONED BY (site)"})
  void datesAreFoundInFilesThatAreOlderThanTheirPartition(String before) throws IOException {
    LakeUnderTest lake = table(before);
    lake.spark().sql("INSERT INTO lake.plant.other VALUES (date'2024-01-02', 'a', -1)");
    assertThat(said(lake.all())).containsExactly("2024-01-02 failed 0");

    lake.spark().sql("ALTER TABLE lake.plant.other ADD PARTITION FIELD date");
    lake.spark().sql("INSERT INTO lake.plant.other VALUES (date'2024-01-04', 'a', 1)");

    assertThat(said(lake.all())).containsExactly("2024-01-02 failed 0", "2024-01-04 passed 1");
    assertThat(said(lake.on("2024-01-02"))).containsExactly("2024-01-02 failed 0");
    assertThat(lake.dirty().results()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "2"})
  void datesAreFoundInFilesThatAreYoungerThanTheirPartition(String version) throws IOException {
    LakeUnderTest lake =
        table("PARTITIONED BY (date) TBLPROPERTIES ('format-version' = '%s')".formatted(version));
    lake.spark().sql("INSERT INTO lake.plant.other VALUES (date'2024-01-02', 'a', 1)");
    lake.spark().sql("ALTER TABLE lake.plant.other DROP PARTITION FIELD date");
    lake.spark().sql("INSERT INTO lake.plant.other VALUES (date'2024-01-04', 'a', -1)");
    List<String> both = List.of("2024-01-02 passed 1", "2024-01-04 failed 0");
    assertThat(said(lake.all())).isEqualTo(both);

    lake.spark().sql("ALTER TABLE lake.plant.other ADD PARTITION FIELD date");
    assertThat(said(lake.all())).isEqualTo(both);
  }

  @Test
  void aDateIsFoundByAnotherNameOfItsPartition() throws IOException {
    LakeUnderTest lake = table("");
    lake.spark().sql("ALTER TABLE lake.plant.other ADD PARTITION FIELD date AS day");
    lake.spark().sql("INSERT INTO lake.plant.other VALUES (date'2024-01-02', 'a', 1)");

    assertThat(said(lake.all())).containsExactly("2024-01-02 passed 1");
    lake.spark().sql("INSERT INTO lake.plant.other VALUES (date'2024-01-04', 'a', 1)");
    assertThat(said(lake.dirty())).containsExactly("2024-01-04 passed 1");
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void aTextThatIsCalledDateIsNotADate(TableFormat format) throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, format);
    lake.write(OTHER, format, lake.rows(COLUMNS, "('2024-01-02', 'a', 1)", "('soon', 'a', 2)"));
    lake.checks(OTHER, BIG);

    assertThat(said(lake.all())).containsExactly("null passed 1");
  }

  @Test
  void aDateHasTheSameVerdictWhetherItIsAskedAloneOrAmongOthers() throws IOException {
    LakeUnderTest lake = steady("1.4");
    assertThat(said(lake.on("2024-01-04"))).containsExactly("2024-01-04 failed 3");

    assertThat(said(lake.dirty()))
        .contains("2024-01-02 passed 2", "2024-01-04 failed 3", "2024-01-05 passed 4");
    assertThat(lake.dirty().results()).isEmpty();
  }

  @Test
  void aVerdictThatEarlierDatesHaveOverturnedIsAskedAgain() throws IOException {
    LakeUnderTest lake = steady("1.6");
    assertThat(said(lake.all())).contains("2024-01-04 passed 3", "2024-01-05 passed 4");
    assertThat(lake.dirty().results()).isEmpty();

    lake.spark().sql("DELETE FROM lake.%s WHERE value = 3".formatted(TABLE));
    lake.append(TABLE, TableFormat.ICEBERG, lake.rows(COLUMNS, "(date'2024-01-04', 'b', 2)"));
    lake.on("2024-01-04");
    assertThat(said(lake.dirty())).containsExactly("2024-01-05 failed 4");
    assertThat(lake.dirty().results()).isEmpty();
  }

  private LakeUnderTest steady(String increase) throws IOException {
    return Readings.checked(
        folder,
        TableFormat.ICEBERG,
        "{name: steady, check: maximum, column: value, anomaly: {max-increase: %s, least-history: 1}}"
            .formatted(increase));
  }

  private LakeUnderTest table(String partitions) throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, TableFormat.ICEBERG);
    lake.spark().sql("CREATE NAMESPACE IF NOT EXISTS lake.plant");
    lake.spark()
        .sql(
            "CREATE TABLE lake.plant.other (date DATE, site STRING, value INT) USING iceberg "
                + partitions);
    lake.checks(OTHER, BIG);
    return lake;
  }
}
