package io.tidemark.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Tells the logging where the lake is, before it starts: that is before the command line is parsed.
 */
public final class LogFolder {
  private static final String OPTION = "--lake";
  private static final String DEFAULT = "lake";
  private static final Set<String> MAKES_LAKES = Set.of("demo", "up", "replay", "bench");

  private LogFolder() {}

  /**
   * @param args of the command line, the verb first
   */
  public static void choose(String... args) {
    String folder = logs(args).toAbsolutePath().toString();
    System.setProperty("tidemark.logs", folder);
    // The names of full logs are a pattern.
    System.setProperty("tidemark.logs.pattern", folder.replace("%", "%%"));
    System.setProperty("tidemark.verb", args.length == 0 ? "tidemark" : verb(args[0]));
  }

  /** In the lake's folder; a verb that finds no lake must not create one. */
  private static Path logs(String[] args) {
    String lake = lake(args);
    return Files.isDirectory(Path.of(lake))
            || isElsewhere(args)
            || (args.length > 0 && MAKES_LAKES.contains(args[0]))
        ? Path.of(lake, "logs")
        : Path.of(
            System.getProperty("java.io.tmpdir"),
            "tidemark-logs-" + System.getProperty("user.name"));
  }

  /** Whether the lake has no folder here, so that the log is made where the verb is called. */
  private static boolean isElsewhere(String[] args) {
    return Stream.of(args).anyMatch(each -> each.split("=", 2)[0].equals("--environment"));
  }

  private static String lake(String[] args) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals(OPTION) && i + 1 < args.length) {
        return args[i + 1];
      }
      if (args[i].startsWith(OPTION + "=")) {
        return args[i].substring(OPTION.length() + 1);
      }
    }
    return DEFAULT;
  }

  private static String verb(String argument) {
    return argument.matches("[a-z-]+") ? argument : "tidemark";
  }
}
