package io.tidemark.cli;

import java.nio.file.Path;

/**
 * Tells the logging where the lake is, before it starts: that is before the command line is parsed.
 */
public final class LogFolder {
  private static final String OPTION = "--lake";

  private LogFolder() {}

  /**
   * @param args of the command line, the verb first
   */
  public static void choose(String... args) {
    String folder = Path.of(lake(args), "logs").toAbsolutePath().toString();
    System.setProperty("tidemark.logs", folder);
    // The names of full logs are a pattern.
    System.setProperty("tidemark.logs.pattern", folder.replace("%", "%%"));
    System.setProperty("tidemark.verb", args.length == 0 ? "tidemark" : verb(args[0]));
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
    return "lake";
  }

  private static String verb(String argument) {
    return argument.matches("[a-z-]+") ? argument : "tidemark";
  }
}
