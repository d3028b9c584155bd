package io.tidemark.local.bench;

import io.tidemark.output.Json;
import io.tidemark.output.TextTable;
import java.time.Duration;
import java.util.List;

/**
 * What a stream's batches cost as its tables grew, for people and for machines.
 *
 * @param rate events that were sent in a second
 */
public record GrowthReport(int commits, int rate, int processors, List<Row> rows) {
  public GrowthReport {
    rows = List.copyOf(rows);
  }

  /**
   * After a number of landing batches.
   *
   * @param landingSeconds a landing batch, the median of those before
   * @param refreshSeconds a refresh of any view, likewise; null if there was none
   * @param cpuSeconds of the stream's process for a batch of any kind
   * @param statusSeconds how long the verb {@code status} took
   */
  public record Row(
      boolean maintained,
      int commit,
      Double landingSeconds,
      Double refreshSeconds,
      double cpuSeconds,
      long dataFiles,
      long dataBytes,
      long metadataFiles,
      long metadataBytes,
      double statusSeconds) {

    static Row of(boolean maintained, int commit, Costs costs, LakeFiles files, Duration status) {
      return new Row(
          maintained,
          commit,
          costs.landingSeconds(),
          costs.refreshSeconds(),
          costs.cpuSeconds(),
          files.dataFiles(),
          files.dataBytes(),
          files.metadataFiles(),
          files.metadataBytes(),
          status.toMillis() / 1000.0);
    }
  }

  public String text() {
    TextTable table =
        new TextTable(
            "commit",
            "maintained",
            "landing s",
            "refresh s",
            "CPU s a batch",
            "data files",
            "data KB",
            "metadata files",
            "metadata KB",
            "status s");
    for (Row row : rows) {
      table.row(
          "%,d".formatted(row.commit()),
          row.maintained() ? "yes" : "no",
          seconds(row.landingSeconds()),
          seconds(row.refreshSeconds()),
          seconds(row.cpuSeconds()),
          "%,d".formatted(row.dataFiles()),
          "%,d".formatted(row.dataBytes() / 1024),
          "%,d".formatted(row.metadataFiles()),
          "%,d".formatted(row.metadataBytes() / 1024),
          "%.1f".formatted(row.statusSeconds()));
    }
    return "%,d landing commits with %,d events a second, %d processors%n%n"
            .formatted(commits, rate, processors)
        + table;
  }

  private static String seconds(Double seconds) {
    return seconds == null ? null : "%.2f".formatted(seconds);
  }

  public String json() {
    return Json.write(this);
  }
}
