package io.tidemark.quality;

import io.tidemark.ops.QualityAnswer;
import io.tidemark.ops.QualityAnswer.Asked;
import io.tidemark.ops.QualityAnswer.Outcome;
import io.tidemark.ops.QualityAnswer.Present;
import io.tidemark.pipeline.QualityCheck;
import java.sql.Date;
import java.sql.Timestamp;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.sql.Row;

/** What was found before. It holds here only if it does for the seals that wait for it. */
final class KnownResults {
  static final KnownResults NONE = new KnownResults();

  private final Map<Asked, List<QualityAnswer>> known = new HashMap<>();

  private KnownResults() {}

  static KnownResults read(QualityTables tables) {
    KnownResults results = new KnownResults();
    for (Row row : tables.answers()) {
      Date date = row.getAs("date");
      Asked asked =
          new Asked(
              row.getAs("table_name"),
              row.getAs("check_name"),
              date == null ? null : date.toLocalDate());
      results.known.computeIfAbsent(asked, of -> new ArrayList<>()).add(answer(row));
    }
    return results;
  }

  private static QualityAnswer answer(Row row) {
    return new QualityAnswer(
        Outcome.valueOf(row.<String>getAs("outcome").toUpperCase(Locale.ROOT)),
        "",
        row.getAs("definition"),
        number(row.getAs("table_rows")),
        number(row.getAs("version")),
        number(row.getAs("referenced_version")),
        row.getAs("contents"),
        number(row.getAs("edits_through")),
        row.getAs("compared"),
        row.<Timestamp>getAs("checked_at").toInstant());
  }

  static OptionalLong number(Long cell) {
    return cell == null ? OptionalLong.empty() : OptionalLong.of(cell);
  }

  /** What the check found in what is there now; empty if it was not asked of that. */
  Optional<Outcome> of(QualityCheck check, Present now) {
    return QualityAnswer.best(
            known.getOrDefault(new Asked(check.table(), check.name(), now.date()), List.of()), now)
        .filter(answer -> answer.holds(now))
        .map(QualityAnswer::outcome);
  }
}
