package io.tidemark.local.cluster;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.local.ServerProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone cluster of Spark's own distribution on this machine: a master and workers of one
 * core each, which start executors. All of them are processes, listen on the loopback interface
 * alone, and end with this one.
 */
public final class SparkCluster implements AutoCloseable {
  private static final String DEPLOY = "org.apache.spark.deploy.";
  private static final String HOST = "127.0.0.1";
  private static final int DAEMON_MEGABYTES = 256;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern CORE = Pattern.compile("spark-core_(.+)-[^-]+\\.jar");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path folder;
  private final int executorMegabytes;
  private final Map<String, String> variables;
  private final SparkServer master;
  private final String address;
  private final List<ServerProcess> workers = new ArrayList<>();

  private SparkCluster(
      Path folder, int executorMegabytes, Map<String, String> variables, SparkServer master) {
    this.folder = folder;
    this.executorMegabytes = executorMegabytes;
    this.variables = variables;
    this.master = master;
    this.address = page(master).url();
  }

  /**
   * Starts a master without workers.
   *
   * @param home of Spark's distribution
   * @param folder a new one of its own, for logs and what executors keep
   * @param executorMegabytes the heap of an executor; each worker has memory for one
   * @param defaults Spark properties of every application that is submitted here
   */
  public static SparkCluster start(
      Path home, Path folder, int executorMegabytes, Map<String, String> defaults)
      throws IOException {
    Path configuration = Files.createDirectories(folder.resolve("conf"));
    Map<String, String> variables =
        Map.of(
            "SPARK_HOME", home.toString(),
            "SPARK_CONF_DIR", configuration.toString(),
            "SPARK_LOCAL_IP", HOST,
            // Spark's own scripts say so; a worker asks when it starts an executor.
            "SPARK_SCALA_VERSION", scalaVersion(home),
            "JAVA_HOME", System.getProperty("java.home"));
    SparkServer master =
        SparkServer.start(
            "master",
            folder,
            DAEMON_MEGABYTES,
            variables,
            List.of("-Dspark.master.rest.enabled=false"),
            DEPLOY + "master.Master",
            List.of("--host", HOST, "--port", "0", "--webui-port", "0"));
    try {
      SparkCluster cluster = new SparkCluster(folder, executorMegabytes, variables, master);
      cluster.writeDefaults(configuration.resolve("spark-defaults.conf"), defaults);
      return cluster;
    } catch (IOException | RuntimeException e) {
      master.process().stop();
      throw e;
    }
  }

  /** Of the distribution's own libraries: 2.13, for example. */
  private static String scalaVersion(Path home) throws IOException {
    try (Stream<Path> jars = Files.list(home.resolve("jars"))) {
      return jars.map(jar -> CORE.matcher(jar.getFileName().toString()))
          .filter(Matcher::matches)
          .map(core -> core.group(1))
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      "Cannot start a cluster of %s: no spark-core is in its jars"
                          .formatted(home)));
    }
  }

  private void writeDefaults(Path file, Map<String, String> defaults) throws IOException {
    Properties properties = new Properties();
    properties.putAll(defaults);
    properties.put("spark.master", address);
    properties.put("spark.executor.memory", executorMegabytes + "m");
    try (Writer writer = Files.newBufferedWriter(file)) {
      properties.store(writer, null);
    }
  }

  /** Starts one more, of one core, and waits until the master has it. */
  public void addWorker() {
    String name = "worker-" + (workers.size() + 1);
    SparkServer worker =
        SparkServer.start(
            name,
            folder,
            DAEMON_MEGABYTES,
            variables,
            List.of(),
            DEPLOY + "worker.Worker",
            List.of(
                "--host",
                HOST,
                "--port",
                "0",
                "--webui-port",
                "0",
                "--cores",
                "1",
                "--memory",
                executorMegabytes + "m",
                "--work-dir",
                folder.resolve(name).toString(),
                address));
    workers.add(worker.process());
    Instant deadline = Instant.now().plus(PATIENCE);
    while (page(master).aliveworkers() < workers.size()) {
      if (worker.process().endsWithin(Duration.ofMillis(50)) || Instant.now().isAfter(deadline)) {
        throw new IllegalStateException(
            "Cannot add a worker: the master does not know it. Its log may say why: %s%n%s"
                .formatted(worker.process().log(), worker.process().endOfLog()));
      }
    }
  }

  /** What applications name it by, {@code spark://HOST:PORT}. */
  public String address() {
    return address;
  }

  /** What Spark's programs find in their environment to submit to it by default. */
  public Map<String, String> variables() {
    return variables;
  }

  /** The process of an executor, if it runs. */
  public Optional<ProcessHandle> executor(String application, String id) {
    return Executors.of(application, id, workers.stream().flatMap(ServerProcess::descendants))
        .findFirst();
  }

  /**
   * Kills an executor, as the kernel does that runs out of memory, and returns when it is gone.
   *
   * @throws IllegalStateException if it does not run
   */
  public void killExecutor(String application, String id) {
    ProcessHandle process =
        executor(application, id)
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "Cannot kill executor %s of %s: it does not run"
                            .formatted(id, application)));
    process.destroyForcibly();
    process.onExit().join();
  }

  /** Stops the workers with their executors, then the master. */
  @Override
  public void close() {
    List<ProcessHandle> executors = workers.stream().flatMap(ServerProcess::descendants).toList();
    workers.parallelStream().forEach(ServerProcess::stop);
    executors.forEach(ProcessHandle::destroyForcibly);
    master.process().stop();
  }

  /** What the master's page says, of which this is used. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  record Page(String url, int aliveworkers) {}

  private static Page page(SparkServer master) {
    URI json = master.page().resolve("/json/");
    try (InputStream said = json.toURL().openStream()) {
      return JSON.readValue(said, Page.class);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot ask the master at " + json, e);
    }
  }
}
