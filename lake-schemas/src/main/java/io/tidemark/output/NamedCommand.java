package io.tidemark.output;

import java.util.List;

/** A command that a message names: with the options of this run, so that it can be pasted. */
public final class NamedCommand {
  private static final List<String> OPTIONS = List.of("--pipeline", "--lake", "--environment");
  private static volatile String kept = "";

  private NamedCommand() {}

  /**
   * @param words a verb that knows {@code --pipeline} and {@code --lake}, and options of its own
   */
  public static String of(String words) {
    return "./tidemark " + words + kept;
  }

  /** Keeps which pipeline and which lake a command line is about. */
  public static void keep(String... args) {
    StringBuilder options = new StringBuilder();
    for (int i = 0; i < args.length; i++) {
      String option = args[i].replaceFirst("=.*", "");
      if (!OPTIONS.contains(option)) {
        continue;
      }
      boolean hasValue = option.length() < args[i].length();
      if (hasValue) {
        add(options, option, args[i].substring(option.length() + 1));
      } else if (i + 1 < args.length) {
        add(options, option, args[++i]);
      }
    }
    kept = options.toString();
  }

  private static void add(StringBuilder options, String option, String value) {
    options.append(' ').append(option).append(' ').append(quoted(value));
  }

  /** As a shell takes it for one word. */
  public static String quoted(String value) {
    return value.matches("[\\p{L}\\p{N}_./:=@%+,-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
