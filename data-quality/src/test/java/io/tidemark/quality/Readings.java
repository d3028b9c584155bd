package io.tidemark.quality;

import io.tidemark.table.TableFormat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** Readings of three days, one of them without a site, with two days between that have none. */
final class Readings {
  static final String TABLE = "plant.readings";
  static final String COLUMNS = "date, site, value";
  static final String COMPLETE = "{name: a site, check: completeness, column: site}";
  static final String[] THREE_DAYS = {
    "(date'2024-01-02', 'a', 1)",
    "(date'2024-01-02', null, 2)",
    "(date'2024-01-04', 'b', 3)",
    "(date'2024-01-05', 'b', 4)"
  };

  private Readings() {}

  /** A lake of these readings, and what is to be checked of them. */
  static LakeUnderTest checked(Path folder, TableFormat format, String... checks)
      throws IOException {
    LakeUnderTest lake = LakeUnderTest.in(folder, format);
    lake.write(TABLE, format, lake.rows(COLUMNS, THREE_DAYS));
    lake.checks(TABLE, checks);
    return lake;
  }

  /** Each result as "date outcome value". */
  static List<String> said(QualityReport report) {
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
}
