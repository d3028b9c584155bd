package io.tidemark.quality;

import io.tidemark.pipeline.QualityCheck;
import java.sql.Date;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Row;

/** What the last result of each check and date is about. */
final class KnownResults {
  static final KnownResults NONE = new KnownResults();

  private record Of(String table, String check, LocalDate date) {}

  private record About(String outcome, String definition, String contents, Long referenced) {}

  private final Map<Of, About> known = new HashMap<>();

  private KnownResults() {}

  static KnownResults read(QualityTables tables) {
    KnownResults results = new KnownResults();
    for (Row row : tables.lastResults()) {
      Date date = row.getAs("date");
      results.known.put(
          new Of(
              row.getAs("table_name"),
              row.getAs("check_name"),
              date == null ? null : date.toLocalDate()),
          new About(
              row.getAs("outcome"),
              row.getAs("definition"),
              row.getAs("contents"),
              row.getAs("referenced_version")));
    }
    return results;
  }

  /**
   * What the check found in these very rows, empty if it was not asked of them.
   *
   * @param referenced the version of the table that it refers to, null if it refers to none
   */
  Optional<Result.Outcome> of(
      QualityCheck check, LocalDate date, String contents, Long referenced) {
    return Optional.ofNullable(known.get(new Of(check.table(), check.name(), date)))
        .filter(about -> about.definition().equals(check.definition()))
        .filter(about -> about.contents().equals(contents))
        .filter(about -> Objects.equals(about.referenced(), referenced))
        .map(about -> Result.Outcome.of(about.outcome()));
  }
}
