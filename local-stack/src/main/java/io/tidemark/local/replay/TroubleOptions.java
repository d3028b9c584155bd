package io.tidemark.local.replay;

import picocli.CommandLine.Option;

/** Trouble on the command line. */
final class TroubleOptions {
  @Option(
      names = "--duplicates",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = ShareConverter.class,
      description = "Deliver this share of events twice, for example 5%% or 0.05.")
  private Share duplicates;

  @Option(
      names = "--delayed",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = ShareConverter.class,
      description = "Deliver this share of events late, by up to 21 h 41 min.")
  private Share delayed;

  @Option(
      names = "--corrupt",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = ShareConverter.class,
      description = "Add corrupt records of several kinds, as a share of events.")
  private Share corrupt;

  @Option(
      names = "--future",
      paramLabel = "SHARE",
      defaultValue = "0",
      converter = ShareConverter.class,
      description = "Add records dated a month ahead, as a share of events.")
  private Share future;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Chooses which events; the same seed chooses the same (default: ${DEFAULT-VALUE}).")
  private long seed;

  Trouble trouble() {
    return new Trouble(seed, duplicates, delayed, corrupt, future);
  }
}
