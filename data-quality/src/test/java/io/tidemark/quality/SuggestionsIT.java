package io.tidemark.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuggestionsIT {
  private static final String TABLE = "plant.readings";

  @TempDir private Path folder;

  private LakeUnderTest lake;

  @BeforeEach
  void open() throws IOException {
    lake = LakeUnderTest.in(folder, TableFormat.DELTA);
  }

  private String suggested() {
    return Suggestions.of(lake.spark(), lake.tables().find(TABLE).orElseThrow()).yaml();
  }

  /** Many rows of two dates: deequ suggests nothing of a handful. */
  private void write(TableFormat format) {
    lake.write(
        TABLE,
        format,
        lake.spark()
            .range(0, 200, 1, 1)
            .selectExpr(
                "date_add(date'2024-01-02', int(id % 2)) AS date",
                "concat('r-', id) AS `reading.id`",
                "CASE WHEN id % 3 = 0 THEN \"it's\" WHEN id % 3 = 1 THEN 'say \"b\"' ELSE 'NullValue' END AS `the site`",
                "CASE WHEN id % 2 = 0 AND id % 20 = 0 THEN null ELSE int(id % 7) END AS value",
                "cast(null AS string) AS nothing",
                "decimal(id) AS amount",
                "array(id) AS many",
                "'12' AS digits",
                "timestamp'2024-01-01 00:00:00' AS at",
                "id AS _own"));
  }

  @Test
  void whatIsSuggestedCanBePastedAndEveryDatePassesIt() throws IOException {
    write(TableFormat.DELTA);

    String yaml = suggested();

    assertThat(yaml)
        .contains("# plant.readings: 200 rows.")
        .contains("check: uniqueness\n        columns: [\"reading.id\"]")
        .contains("values: [NullValue, \"it's\", \"say \\\"b\\\"\"]")
        .contains("column: value\n        at-least: 0.9\n")
        .doesNotContain("column: nothing", "_own", "many", "digits is not negative");
    Files.writeString(folder.resolve("quality.yaml"), yaml);
    QualityReport report = lake.all();
    assertThat(report.exitCode()).as(report.text()).isZero();
    assertThat(report.results())
        .extracting(result -> result.check().name())
        .contains("reading.id is there once", "amount is not negative");
  }

  @Test
  void aTableWithoutRowsHasNothingToSuggest() {
    write(TableFormat.ICEBERG);
    lake.spark().sql("DELETE FROM lake." + TABLE);

    assertThat(suggested()).contains("0 rows").contains("nothing to suggest");
  }
}
