package io.tidemark.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a server of the local stack is started.
 *
 * @param name what it is called in messages, logs and pid files
 * @param javaHome the Java that runs it
 * @param options for that Java
 */
record ServerCommand(
    String name,
    Path javaHome,
    List<String> options,
    String classPath,
    String mainClass,
    List<String> arguments) {
  /** A terminal's Ctrl-C and hang-up go to the whole group: only who started a server stops it. */
  private static final String DEAF_TO_THE_TERMINAL = "trap '' INT HUP; exec \"$@\"";

  ServerCommand {
    options = List.copyOf(options);
    arguments = List.copyOf(arguments);
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
