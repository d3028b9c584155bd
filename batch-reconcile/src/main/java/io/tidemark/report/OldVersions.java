package io.tidemark.report;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Operations;
import io.tidemark.output.NamedCommand;
import io.tidemark.table.LakeTable;
import io.tidemark.table.session.Lake;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.SparkSession;

/** Tables that have had no {@code maintain} for so long that they are slow. */
public final class OldVersions {
  /** More than any table has that is maintained every hour. */
  static final long MANY = 1_000;

  private OldVersions() {}

  /**
   * What to do about each table, in words.
   *
   * @param many how many versions may be older than twice what {@code maintain} keeps
   */
  public static List<String> advice(
      SparkSession spark, PipelineTables tables, Instant now, long many) {
    Instant then = now.minus(tables.pipeline().maintenance().keepHistory().multipliedBy(2));
    List<String> advice = new ArrayList<>();
    for (LakeTable table : all(spark, tables)) {
      long versions = table.upkeep().versionsBefore(then);
      if (versions > many) {
        advice.add(
            String.format(
                Locale.ROOT,
                "%s has %,d old versions, which slow down every read and write. Remove them: %s",
                table.name(),
                versions,
                NamedCommand.of("maintain")));
      }
    }
    return advice;
  }

  private static List<LakeTable> all(SparkSession spark, PipelineTables tables) {
    List<LakeTable> all = new ArrayList<>(tables.events().values());
    all.addAll(tables.dimensions().values());
    tables.views().values().forEach(view -> all.add(view.table()));
    for (Operations table : Operations.values()) {
      Lake.of(spark).find(table.table(tables.pipeline().operations())).ifPresent(all::add);
    }
    return all;
  }
}
