package io.tidemark.local.bench;

import io.tidemark.output.Json;
import io.tidemark.output.TextTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What work takes on a cluster with few and with more workers, for people and for machines.
 *
 * @param batch how many records a landing batch had at most
 * @param faults tables that were not what was sent; if there are any, the rest says nothing
 * @param rows each kind of work, with each number of workers, ascending
 */
public record ClusterReport(
    long events,
    long batch,
    int partitions,
    int processors,
    int rounds,
    List<String> faults,
    List<ClusterRow> rows) {
  public ClusterReport {
    faults = List.copyOf(faults);
    rows = List.copyOf(rows);
  }

  /**
   * @param measured each round, by workers
   */
  static ClusterReport of(
      ClusterLoad load, Delivered delivered, Map<Integer, List<ClusterMeasurement>> measured) {
    List<ClusterRow> rows = new ArrayList<>();
    for (Contender work : ClusterWorker.WORK) {
      List<ClusterTook> fewest = took(measured.get(load.workers().get(0)), work);
      for (int workers : load.workers()) {
        rows.add(ClusterRow.of(work, load.events(), took(measured.get(workers), work), fewest));
      }
    }
    return new ClusterReport(
        load.events(),
        load.batch(),
        load.partitions(),
        Runtime.getRuntime().availableProcessors(),
        load.rounds(),
        faults(delivered, measured),
        rows);
  }

  private static List<String> faults(
      Delivered delivered, Map<Integer, List<ClusterMeasurement>> measured) {
    return measured.entrySet().stream()
        .flatMap(
            rounds ->
                rounds.getValue().stream()
                    .flatMap(round -> round.faults(rounds.getKey(), delivered)))
        .toList();
  }

  private static List<ClusterTook> took(List<ClusterMeasurement> rounds, Contender work) {
    return rounds.stream().map(round -> round.took().get(work)).toList();
  }

  /** Whether every table was what was sent. */
  public boolean counts() {
    return faults.isEmpty();
  }

  public String text() {
    StringBuilder text =
        new StringBuilder(
            "%,d events, %d partitions, landing batches of at most %,d; workers of one core each, and a driver, on %d processors%nWarmed up; of %d rounds the one whose wall time is the median%n%n"
                .formatted(events, partitions, batch, processors, rounds));
    if (!counts()) {
      text.append("This does not count:").append(System.lineSeparator());
      faults.forEach(fault -> text.append(fault).append(System.lineSeparator()));
      text.append(System.lineSeparator());
    }
    text.append(workTable());
    if (rows.stream().anyMatch(row -> row.workers() >= processors)) {
      text.append(
          "With %d workers the driver has no processor to itself: tasks wait while it computes.%n"
              .formatted(processors));
    }
    text.append(System.lineSeparator());
    works().forEach(work -> text.append(partTable(work)).append(System.lineSeparator()));
    works().forEach(work -> text.append(bound(work)));
    text.append(System.lineSeparator()).append(shuffleTable()).append(System.lineSeparator());
    works().forEach(work -> text.append(batchTable(work)).append(System.lineSeparator()));
    return text.toString();
  }

  private Stream<List<ClusterRow>> works() {
    return rows.stream()
        .map(ClusterRow::work)
        .distinct()
        .map(work -> rows.stream().filter(row -> row.work().equals(work)).toList());
  }

  private TextTable workTable() {
    TextTable table =
        new TextTable(
            "work",
            "workers",
            "wall s",
            "from",
            "to",
            "events/s",
            "efficiency",
            "of tasks",
            "executors CPU s/M",
            "driver CPU s/M",
            "others CPU s/M");
    for (ClusterRow row : rows) {
      table.row(
          row.work(),
          row.workers(),
          "%.2f".formatted(row.wallSeconds()),
          "%.2f".formatted(row.rounds().get(0)),
          "%.2f".formatted(row.rounds().get(row.rounds().size() - 1)),
          "%,d".formatted(row.eventsPerSecond()),
          "%.2f".formatted(row.efficiency()),
          "%.2f".formatted(row.taskEfficiency()),
          "%.2f".formatted(row.executorCpuSecondsPerMillion()),
          "%.2f".formatted(row.driverCpuSecondsPerMillion()),
          "%.2f".formatted(row.otherCpuSecondsPerMillion()));
    }
    return table;
  }

  /** A column of seconds and one of shares for each number of workers. */
  private static TextTable partTable(List<ClusterRow> work) {
    List<String> header = new ArrayList<>(List.of(work.get(0).work() + ": core seconds"));
    work.forEach(row -> header.addAll(List.of(named(row), "share")));
    TextTable table = new TextTable(header.toArray(String[]::new));
    for (int i = 0; i < work.get(0).parts().size(); i++) {
      List<Object> cells = new ArrayList<>(List.of(work.get(0).parts().get(i).name()));
      for (ClusterRow row : work) {
        double seconds = row.parts().get(i).coreSeconds();
        cells.add("%.2f".formatted(seconds));
        cells.add("%.1f %%".formatted(100 * seconds / (row.workers() * row.wallSeconds())));
      }
      table.row(cells.toArray());
    }
    return table;
  }

  private static String named(ClusterRow row) {
    return row.workers() + (row.workers() == 1 ? " worker" : " workers");
  }

  /** Amdahl's law, of the part that no worker shortens. */
  private static String bound(List<ClusterRow> work) {
    ClusterRow fewest = work.get(0);
    return "%s: with %s no job runs for %.0f %% of the time, %.2f s a batch. Any number of workers is at most %.1f times as fast.%n"
        .formatted(
            fewest.work(),
            named(fewest),
            100 * fewest.noJobShare(),
            fewest.noJobSeconds() / Math.max(1, fewest.batches().batches()),
            1 / fewest.noJobShare());
  }

  private TextTable shuffleTable() {
    TextTable table =
        new TextTable(
            "work",
            "workers",
            "batches",
            "tasks",
            "failed",
            "shuffled MB",
            "written s",
            "waited for s");
    for (ClusterRow row : rows) {
      table.row(
          row.work(),
          row.workers(),
          row.batches().batches(),
          "%,d".formatted(row.tasks().tasks()),
          "%,d".formatted(row.tasks().failed()),
          "%.1f".formatted(row.tasks().shuffleBytes() / 1e6),
          "%.2f".formatted(row.tasks().shuffleWriteSeconds()),
          "%.2f".formatted(row.tasks().fetchSeconds()));
    }
    return table;
  }

  /** Parts of a batch by Spark's names, with the jobs in them. */
  private static TextTable batchTable(List<ClusterRow> work) {
    List<String> header = new ArrayList<>(List.of(work.get(0).work() + ": a batch, p50 s"));
    work.forEach(row -> header.add(named(row)));
    TextTable table = new TextTable(header.toArray(String[]::new));
    SortedSet<String> parts = new TreeSet<>();
    work.forEach(row -> parts.addAll(row.batches().partsP50Seconds().keySet()));
    for (String part : parts) {
      List<Object> cells = new ArrayList<>(List.of(part));
      for (ClusterRow row : work) {
        Double seconds = row.batches().partsP50Seconds().get(part);
        cells.add(seconds == null ? null : "%.3f".formatted(seconds));
      }
      table.row(cells.toArray());
    }
    return table;
  }

  public String json() {
    return Json.write(this);
  }
}
