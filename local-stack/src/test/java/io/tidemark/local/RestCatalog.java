package io.tidemark.local;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;

/** Iceberg's own REST catalog for tests, in a process of its own. */
public final class RestCatalog implements AutoCloseable {
  private static final Path JARS = Path.of("target/servers/rest-catalog").toAbsolutePath();

  private final int port;
  private final Process process;

  private RestCatalog(int port, Process process) {
    this.port = port;
    this.process = process;
  }

  /** Starts one over a warehouse on this machine, and waits until it answers. */
  public static RestCatalog start(Path folder) throws Exception {
    int port = Ports.free();
    Path log = folder.resolve("rest-catalog.log");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "org.apache.iceberg.rest.RESTCatalogServer")
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("CLASSPATH", classPath());
    builder.environment().put("CATALOG_REST_PORT", Integer.toString(port));
    builder.environment().put("CATALOG_WAREHOUSE", folder.resolve("warehouse").toString());
    builder.environment().put("CATALOG_URI", "jdbc:sqlite:" + folder.resolve("rest-catalog.db"));
    Process process = builder.start();
    // Also if the tests are interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    Servers.awaitListening(port, process, log);
    return new RestCatalog(port, process);
  }

  /** Its own jars, and of ours all but the Iceberg of Spark, which has other libraries within. */
  private static String classPath() throws IOException {
    String ours =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    try (Stream<Path> own = Files.list(JARS)) {
      return Stream.concat(
              own.map(Path::toString),
              Arrays.stream(ours.split(File.pathSeparator))
                  .filter(entry -> entry.endsWith(".jar"))
                  .filter(entry -> !entry.contains("iceberg-spark-runtime")))
          .collect(joining(File.pathSeparator));
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
