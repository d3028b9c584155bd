package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * An Airflow of its own: a PostgreSQL, a scheduler, a processor of DAGs and an API server, whose
 * DAGs are Tidemark's, of the pipelines in a folder, and submit to Spark on this machine.
 */
public final class AirflowUnderTest implements AutoCloseable {
  private static final Path DAGS = Path.of("..", "airflow-dags").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path home;
  private final Path programs;
  private final Map<String, String> variables;
  private final EmbeddedPostgres database;
  private final AirflowRest rest;
  private final List<Process> processes = new ArrayList<>();

  private AirflowUnderTest(
      Path home,
      Path programs,
      Map<String, String> variables,
      EmbeddedPostgres database,
      AirflowRest rest) {
    this.home = home;
    this.programs = programs;
    this.variables = variables;
    this.database = database;
    this.rest = rest;
  }

  /**
   * Starts one, and waits until it has its DAGs.
   *
   * @param home a folder of its own
   * @param pipelines a folder of pipelines
   * @param environment the environment file of their lake
   */
  public static AirflowUnderTest start(Path home, Path pipelines, Path environment)
      throws IOException {
    Python python = Python.find("Airflow and its tests", System.getenv());
    Path caches = CacheFolder.of(System.getenv());
    Path airflow =
        PythonEnvironment.of("airflow", 800, DAGS.resolve("requirements.txt"), python, caches)
            .require();
    // They have a PySpark of the right version.
    Path spark = Notebooks.programs(System.getenv());
    Files.createDirectories(home);
    EmbeddedPostgres database = database(home);
    AirflowRest rest = new AirflowRest(URI.create("http://127.0.0.1:" + Ports.free()));
    Map<String, String> variables = variables(home, rest.url(), database);
    variables.put("TIDEMARK_PIPELINES", pipelines.toString());
    variables.put("TIDEMARK_ENVIRONMENT", environment.toString());
    variables.put("TIDEMARK_SPARK_SUBMIT", spark.resolve("spark-submit").toString());
    variables.put("TIDEMARK_JARS", Files.readString(Path.of("target/packages.txt")).strip());
    variables.put(
        "TIDEMARK_QUALITY_SPARK_SUBMIT",
        OlderSpark.in(home.resolve("spark-3.5")).submit().toString());
    variables.put("TIDEMARK_QUALITY_JARS", Files.readString(QualityJar.PACKAGES).strip());
    AirflowUnderTest started = new AirflowUnderTest(home, airflow, variables, database, rest);
    // Also if the tests are interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(started::close));
    started.start();
    return started;
  }

  /** What Airflow asks for in production: SQLite is locked as soon as the machine is busy. */
  private static EmbeddedPostgres database(Path home) throws IOException {
    return EmbeddedPostgres.builder()
        .setOverrideWorkingDirectory(home.resolve("postgresql").toFile())
        .setDataDirectory(home.resolve("database"))
        .setPGStartupWait(PATIENCE)
        .start();
  }

  private static Map<String, String> variables(Path home, URI url, EmbeddedPostgres database)
      throws IOException {
    Path passwords = home.resolve("passwords.json");
    Files.writeString(
        passwords, JSON.writeValueAsString(Map.of(AirflowRest.USER, AirflowRest.PASSWORD)));
    Map<String, String> variables = new HashMap<>();
    variables.put("AIRFLOW_HOME", home.toString());
    variables.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    variables.put("AIRFLOW__CORE__PARALLELISM", "2");
    variables.put("AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION", "True");
    variables.put(
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN",
        "postgresql+psycopg2://postgres@127.0.0.1:%d/postgres".formatted(database.getPort()));
    variables.put("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", AirflowRest.USER + ":admin");
    variables.put("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE", passwords.toString());
    variables.put("AIRFLOW__CORE__EXECUTION_API_SERVER_URL", url + "/execution/");
    variables.put("AIRFLOW__API__BASE_URL", url.toString());
    variables.put("AIRFLOW__API__HOST", url.getHost());
    variables.put("AIRFLOW__API__PORT", Integer.toString(url.getPort()));
    variables.put("AIRFLOW__API__WORKERS", "1");
    variables.put("AIRFLOW__API_AUTH__JWT_SECRET", "signs the tokens of this test and of no other");
    variables.put("AIRFLOW__SCHEDULER__ENABLE_HEALTH_CHECK", "False");
    variables.put(
        "AIRFLOW__DAG_PROCESSOR__DAG_BUNDLE_CONFIG_LIST",
        JSON.writeValueAsString(
            List.of(
                Map.of(
                    "name",
                    "tidemark",
                    "classpath",
                    "airflow.dag_processing.bundles.local.LocalDagBundle",
                    "kwargs",
                    Map.of("path", DAGS.toString())))));
    for (String connection : List.of("SPARK_DEFAULT", "SPARK_QUALITY")) {
      variables.put(
          "AIRFLOW_CONN_" + connection, "{\"conn_type\": \"spark\", \"host\": \"local[2]\"}");
    }
    variables.put("SPARK_LOCAL_IP", "127.0.0.1");
    // Each verb lives for seconds, most of which it loads classes.
    variables.put(
        "JAVA_TOOL_OPTIONS",
        "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:+UnlockDiagnosticVMOptions"
            + " -XX:-BytecodeVerificationRemote");
    variables.put("PYTHONDONTWRITEBYTECODE", "1");
    return variables;
  }

  private void start() throws IOException {
    assertThat(run("airflow", "db", "migrate").exitCode()).isZero();
    for (String server : List.of("api-server", "scheduler", "dag-processor")) {
      List<String> command =
          new ArrayList<>(List.of(programs.resolve("airflow").toString(), server));
      if (server.equals("scheduler")) {
        // What serves logs listens on every interface.
        command.add("--skip-serve-logs");
      }
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(home.toFile())
              .redirectErrorStream(true)
              .redirectOutput(home.resolve(server + ".log").toFile());
      builder.environment().putAll(variables);
      processes.add(builder.start());
    }
    await()
        .atMost(PATIENCE)
        .pollInterval(MOMENT)
        .ignoreExceptions()
        .until(() -> !rest.get("dags").path("dags").isEmpty());
  }

  private Program.Ended run(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(programs.resolve(program).toString()));
    command.addAll(List.of(arguments));
    return new Program(command, home, variables).run(line -> false);
  }

  /** The tests of the DAGs themselves. */
  public void assertDagsAreRight() throws IOException {
    Program.Ended tests =
        run(
            "python",
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "--rootdir=" + DAGS,
            DAGS + "/tests");
    assertThat(tests.exitCode()).as(tests::text).isZero();
  }

  /** What its users and the stream reach it by. */
  public AirflowRest rest() {
    return rest;
  }

  /** What a task has logged in one of its tries. */
  public String log(String dag, String run, String task, int attempt) {
    Path log =
        home.resolve(
            "logs/dag_id=%s/run_id=%s/task_id=%s/attempt=%d.log"
                .formatted(dag, run, task, attempt));
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the Spark application of a task, and kills it. */
  public void killSpark() {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(() -> submitted().peek(ProcessHandle::destroyForcibly).count() > 0);
  }

  private Stream<ProcessHandle> submitted() {
    return processes.stream()
        .flatMap(Process::descendants)
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .map(line -> line.contains("org.apache.spark.deploy.SparkSubmit"))
                    .orElse(false));
  }

  /** What the servers have said, for whoever asks why a test has failed. */
  public String serverLogs() throws IOException {
    StringBuilder said = new StringBuilder();
    for (String server : List.of("api-server", "scheduler", "dag-processor")) {
      List<String> lines = Files.readAllLines(home.resolve(server + ".log"));
      lines.stream()
          .skip(Math.max(0, lines.size() - 20))
          .forEach(line -> said.append(server).append(": ").append(line).append('\n'));
    }
    return said.toString();
  }

  @Override
  public void close() {
    List<ProcessHandle> all =
        processes.stream()
            .flatMap(process -> Stream.concat(Stream.of(process.toHandle()), process.descendants()))
            .toList();
    processes.forEach(Process::destroy);
    all.forEach(
        process ->
            process
                .onExit()
                .completeOnTimeout(null, 10, java.util.concurrent.TimeUnit.SECONDS)
                .join());
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      database.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot stop Airflow's database", e);
    }
  }
}
