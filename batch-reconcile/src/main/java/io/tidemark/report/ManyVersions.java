package io.tidemark.report;

import io.tidemark.lake.PipelineTables;
import io.tidemark.ops.Operations;
import io.tidemark.output.NamedCommand;
import io.tidemark.table.LakeTable;
import io.tidemark.table.session.Lake;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/** Tables that have had no {@code maintain} for so long that they are slow. */
public final class ManyVersions {
  /** A commit a second makes 7,200 at most, if {@code maintain} runs every hour and keeps one. */
  static final long MANY = 10_000;

  private ManyVersions() {}

  /**
   * What to do about each, in words.
   *
   * @param many more than this are too many
   */
  public static List<String> advice(SparkSession spark, PipelineTables tables, long many) {
    List<LakeTable> all = new ArrayList<>(tables.events().values());
    tables.views().values().forEach(view -> all.add(view.table()));
    Stream.of(Operations.LEDGER, Operations.REFRESHES)
        .map(table -> Lake.of(spark).find(table.table(tables.pipeline().operations())))
        .forEach(found -> found.ifPresent(all::add));
    List<String> advice = new ArrayList<>();
    for (LakeTable table : all) {
      long versions = table.upkeep().versions();
      if (versions > many) {
        advice.add(
            String.format(
                Locale.ROOT,
                "%s keeps %,d versions, and each read and write of it takes longer for them. Remove old ones: %s",
                table.name(),
                versions,
                NamedCommand.of("maintain")));
      }
    }
    return advice;
  }
}
