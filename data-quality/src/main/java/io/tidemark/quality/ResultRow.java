package io.tidemark.quality;

import java.sql.Date;
import java.sql.Timestamp;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** A result as a row of {@code ops.quality}. */
final class ResultRow {
  private ResultRow() {}

  static Row of(Result result, String pipeline, String run, Timestamp at) {
    Result.About about = result.about();
    return RowFactory.create(
        pipeline,
        result.check().table(),
        result.check().name(),
        result.date() == null ? null : Date.valueOf(result.date()),
        result.check().level().text(),
        result.check().gate() ? "seal" : null,
        result.outcome().text(),
        result.value().isPresent() ? result.value().getAsDouble() : null,
        result.check().expected(),
        result.rows(),
        result.failing() < 0 ? null : result.failing(),
        result.message().orElse(null),
        result.check().definition(),
        about.tableRows(),
        about.version(),
        about.referencedVersion(),
        about.contents(),
        about.editsThrough(),
        run,
        at,
        about.compared());
  }
}
