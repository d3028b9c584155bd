package io.tidemark.local.bench;

import io.tidemark.output.WrongUsageException;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ParseResult;

/** What {@code tidemark bench} measures, and the options that only this has. */
enum BenchKind {
  CONTENDERS(
      "",
      "contenders take turns",
      "--events",
      "--duplicates",
      "--rounds",
      "--contenders",
      "--rival"),
  FRESHNESS("--freshness", "a stream is measured", "--rate", "--seconds"),
  COMMITS("--commits", "a stream is measured", "--rate"),
  DRIVER("--driver", "a driver is measured", "--partitions", "--views", "--tasks"),
  CLUSTER("--cluster", "a cluster is measured", "--events", "--rounds", "--workers", "--batch");

  private final String chosenBy;
  private final String does;
  private final List<String> options;

  BenchKind(String chosenBy, String does, String... options) {
    this.chosenBy = chosenBy;
    this.does = does;
    this.options = List.of(options);
  }

  /**
   * @throws WrongUsageException if it asks for two, or has an option of another
   */
  static BenchKind of(ParseResult line) {
    List<BenchKind> chosen =
        Stream.of(FRESHNESS, COMMITS, DRIVER, CLUSTER)
            .filter(kind -> line.hasMatchedOption(kind.chosenBy))
            .toList();
    if (chosen.size() > 1) {
      throw new WrongUsageException(
          "Cannot measure %s and %s at once: leave out one of the two."
              .formatted(chosen.get(0).chosenBy, chosen.get(1).chosenBy));
    }
    BenchKind kind = chosen.isEmpty() ? CONTENDERS : chosen.get(0);
    kind.refuseOptionsOfOthers(line);
    return kind;
  }

  private void refuseOptionsOfOthers(ParseResult line) {
    for (BenchKind other : values()) {
      for (String name : other.options) {
        if (!options.contains(name) && line.hasMatchedOption(name)) {
          throw new WrongUsageException(
              "Cannot use %s here: it only counts where %s. See 'tidemark bench --help'."
                  .formatted(name, other.does));
        }
      }
    }
  }
}
