package io.tidemark.local.bench;

import io.tidemark.local.Tether;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Another Java with the class path and the options of this one, which ends when this process does.
 */
final class JavaLikeThis {
  private JavaLikeThis() {}

  /**
   * @param logs folder of its log
   * @param verb what its log is named after
   * @param options more options of Java
   */
  static ProcessBuilder of(
      Path logs, String verb, List<String> options, Class<?> main, List<String> arguments) {
    List<String> line = new ArrayList<>();
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    line.add("-Dtidemark.logs=" + logs);
    line.add("-Dtidemark.verb=" + verb);
    line.addAll(options);
    line.add(Tether.class.getName());
    line.add(main.getName());
    line.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    return builder;
  }
}
