package io.tidemark.quality;

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
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is checked, when, and what is kept of it. */
class QualityJobIT {
  private static final String TABLE = "plant.readings";
  private static final String COLUMNS = "date, site, value";
  private static final String COMPLETE = "{name: a site, check: completeness, column: site}";

  @TempDir private Path folder;

  private static final String[] THREE_DAYS = {
    "(date'2024-01-02', 'a', 1)",
    "(date'2024-01-02', null, 2)",
    "(date'2024-01-04', 'b', 3)",
    "(date'2024-01-05', 'b', 4)"
  };

  private LakeUnderTest lake(TableFormat format, String... checks) throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, format);
    lake.write(TABLE, format, lake.rows(COLUMNS, THREE_DAYS));
    lake.checks(TABLE, checks);
    return lake;
  }

  private static List<String> said(QualityReport report) {
    return report.results().stream()
        .map(
            result ->
                "%s %s %s"
                    .formatted(
                        result.date(),
                        result.outcome().text(),
                        result.value().isPresent()
                            ? Figures.of(result.value().getAsDouble())
                            : "nothing"))
        .toList();
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void every_date_is_checked_also_one_without_rows_and_all_is_kept(TableFormat format)
      throws IOException {
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
  void what_has_not_changed_is_not_asked_again(TableFormat format) throws IOException {
    LakeUnderTest lake = lake(format, COMPLETE);
    lake.all();
    QualityReport again = lake.dirty();
    assertThat(again.results()).isEmpty();
    assertThat(again.exitCode()).as("what was asked before is only named").isZero();
    assertThat(again.text())
        .contains(
            "5 results are about what is there now",
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
  void an_edit_that_was_found_after_the_check_is_asked_again() throws IOException {
    LakeUnderTest lake = lake(TableFormat.ICEBERG, COMPLETE);
    lake.looked(0, null);
    lake.all();
    assertThat(lake.dirty().results()).isEmpty();

    lake.looked(1, "2024-01-04");
    assertThat(said(lake.dirty())).containsExactly("2024-01-04 passed 1");
    assertThat(lake.dirty().results()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(TableFormat.class)
  void rows_without_a_date_are_told_of(TableFormat format) throws IOException {
    LakeUnderTest lake = lake(format, COMPLETE);
    lake.append(TABLE, format, lake.rows(COLUMNS, "(cast(null AS date), null, 9)"));

    QualityReport report = lake.all();

    assertThat(said(report)).hasSize(5).contains("2024-01-05 passed 1");
    assertThat(report.text()).contains("plant.readings: 1 rows have no date");
    assertThat(report.json()).contains("\"without_date\" : 1");
  }

  @Test
  void a_bad_row_is_an_error_of_its_own_date_alone() throws IOException {
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
  void an_anomaly_of_a_table_without_dates_is_an_error() throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, TableFormat.ICEBERG);
    lake.write("other.things", TableFormat.ICEBERG, lake.rows("name", "('a')"));
    lake.checks("other.things", "{name: rows, check: size, anomaly: {deviations: 3}}");

    assertThat(lake.all().text())
        .contains("Cannot compare with earlier dates: table other.things has no column date");
  }

  @Test
  void what_could_not_be_computed_is_asked_again() throws IOException {
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
  void a_column_that_an_iceberg_table_has_gained_without_a_commit_is_there() throws IOException {
    LakeUnderTest lake =
        lake(TableFormat.ICEBERG, "{name: a unit, check: completeness, column: unit}");
    lake.spark().sql("ALTER TABLE lake.%s ADD COLUMN unit STRING".formatted(TABLE));
    lake.spark().sql("ALTER TABLE lake.%s RENAME COLUMN site TO place".formatted(TABLE));

    assertThat(said(lake.on("2024-01-04"))).containsExactly("2024-01-04 failed 0");
    lake.checks(TABLE, "{name: a place, check: completeness, column: place}");
    assertThat(said(lake.on("2024-01-04"))).containsExactly("2024-01-04 passed 1");
  }

  @Test
  void a_whole_table_is_asked_again_at_another_version() throws IOException {
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
  void an_edit_that_leaves_as_many_rows_is_a_change() throws IOException {
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
  void deleted_rows_are_not_seen() throws IOException {
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
  void one_date_is_checked_alone_whether_or_not_it_has_rows() throws IOException {
    LakeUnderTest lake = lake(TableFormat.ICEBERG, "{name: rows, check: size, at-least: 1}");

    assertThat(said(lake.on("2024-01-05"))).containsExactly("2024-01-05 passed 1");
    assertThat(said(lake.on("2030-01-01"))).containsExactly("2030-01-01 failed 0");
  }

  @Test
  void a_second_run_of_a_date_is_kept_beside_the_first_and_counts() throws IOException {
    LakeUnderTest lake =
        lake(
            TableFormat.ICEBERG,
            "{name: rows, check: size, anomaly: {deviations: 3, least-history: 2}}");
    lake.on("2024-01-02");
    lake.on("2024-01-02");

    assertThat(lake.kept(Operations.QUALITY)).hasSize(2);
    assertThat(lake.kept(Operations.QUALITY_METRICS)).hasSize(2);
    // One date is one value, however often it was measured.
    assertThat(lake.on("2024-01-04").results().get(0).message())
        .contains("only 1 earlier dates to compare with, of 2");
  }

  @Test
  void a_check_of_a_table_is_about_all_dates_at_once() throws IOException {
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
  void rows_that_do_not_meet_a_check_are_shown_up_to_a_limit() throws IOException {
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
  void a_table_that_is_not_there_is_an_error() throws IOException {
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
  void a_table_without_rows_has_nothing_to_check(TableFormat format) throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, format);
    lake.write(TABLE, format, lake.rows(COLUMNS, THREE_DAYS).where("value > 9"));
    lake.checks(TABLE, COMPLETE, "{name: all, check: size, at-least: 1, per: table}");

    assertThat(said(lake.all())).containsExactly("null failed 0");
  }

  @Test
  void a_warning_is_said_and_is_no_error() throws IOException {
    LakeUnderTest lake = lake(TableFormat.ICEBERG, COMPLETE.replace("}", ", level: warning}"));

    QualityReport report = lake.all();

    assertThat(report.exitCode()).isZero();
    assertThat(report.outcome()).isEqualTo("warned");
  }

  @Test
  void what_a_killed_run_has_left_is_taken_for_nothing_but_a_measurement() throws IOException {
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

  @Test
  void two_lakes_of_one_process_do_not_see_each_other() throws IOException {
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
