package io.tidemark.local;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a server of the local stack is started.
 *
 * @param name what it is called in messages, logs and pid files
 * @param javaHome the Java that runs it
 * @param options for that Java
 * @param variables what it finds in its environment beside ours
 */
public record ServerCommand(
    String name,
    Path javaHome,
    List<String> options,
    String classPath,
    String mainClass,
    List<String> arguments,
    Map<String, String> variables) {
  /** A terminal's Ctrl-C and hang-up go to the whole group: only who started a server stops it. */
  private static final String DEAF_TO_THE_TERMINAL = "trap '' INT HUP; exec \"$@\"";

  public ServerCommand {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
    variables = Map.copyOf(variables);
  }

  ServerCommand(
      String name,
      Path javaHome,
      List<String> options,
      String classPath,
      String mainClass,
      List<String> arguments) {
    this(name, javaHome, options, classPath, mainClass, arguments, Map.of());
  }

  /** The libraries of somebody else's server, and what ties it to the process that starts it. */
  public static String classPath(Path libraries) {
    return libraries + File.pathSeparator + Installation.ownClasses();
  }

  /**
   * @param mark an argument that tells this server from every other process
   */
  List<String> line(String mark, ServerProcess.Life life) {
    List<String> line = new ArrayList<>(List.of("/bin/sh", "-c", DEAF_TO_THE_TERMINAL, name));
    line.add(javaHome.resolve("bin/java").toString());
    line.addAll(options);
    line.add(mark);
    if (life == ServerProcess.Life.TETHERED) {
      line.add(Tether.class.getName());
    }
    line.add(mainClass);
    line.addAll(arguments);
    return line;
  }
}
