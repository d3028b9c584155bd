package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * An Airflow of its own: a database, a scheduler, a processor of DAGs and an API server, whose DAGs
 * are Tidemark's, of the pipelines in a folder, and submit to Spark on this machine.
 */
public final class AirflowUnderTest implements AutoCloseable {
  public static final String USER = "admin";
  public static final String PASSWORD = "a secret of this test";

  private static final Path DAGS = Path.of("..", "airflow-dags").toAbsolutePath().normalize();
  private static final Duration PATIENCE = Duration.ofMinutes(5);
  private static final Duration MOMENT = Duration.ofMillis(500);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path home;
  private final URI url;
  private final Path programs;
  private final Map<String, String> variables;
  private final List<Process> processes = new ArrayList<>();

  /** Airflow's server fails at the offer of a later one. */
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private String token;

  private AirflowUnderTest(Path home, URI url, Path programs, Map<String, String> variables) {
    this.home = home;
    this.url = url;
    this.programs = programs;
    this.variables = variables;
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
        PythonEnvironment.of("airflow", DAGS.resolve("requirements.txt"), python, caches).require();
    Path spark =
        PythonEnvironment.of("spark", DAGS.resolve("spark-requirements.txt"), python, caches)
            .require();
    URI url = URI.create("http://127.0.0.1:" + Ports.free());
    Map<String, String> variables = variables(home, url);
    variables.put("PATH", spark + File.pathSeparator + System.getenv("PATH"));
    variables.put("TIDEMARK_PIPELINES", pipelines.toString());
    variables.put("TIDEMARK_ENVIRONMENT", environment.toString());
    variables.put("TIDEMARK_JARS", jars());
    AirflowUnderTest started = new AirflowUnderTest(home, url, airflow, variables);
    // Also if the tests are interrupted.
    Runtime.getRuntime().addShutdownHook(new Thread(started::close));
    started.start();
    return started;
  }

  private static Map<String, String> variables(Path home, URI url) throws IOException {
    Files.createDirectories(home);
    Path passwords = home.resolve("passwords.json");
    Files.writeString(passwords, JSON.writeValueAsString(Map.of(USER, PASSWORD)));
    Map<String, String> variables = new HashMap<>();
    variables.put("AIRFLOW_HOME", home.toString());
    variables.put("AIRFLOW__CORE__LOAD_EXAMPLES", "False");
    variables.put("AIRFLOW__CORE__PARALLELISM", "2");
    variables.put("AIRFLOW__CORE__DAGS_ARE_PAUSED_AT_CREATION", "True");
    variables.put("AIRFLOW__CORE__SIMPLE_AUTH_MANAGER_USERS", USER + ":admin");
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
    variables.put(
        "AIRFLOW_CONN_SPARK_DEFAULT", "{\"conn_type\": \"spark\", \"host\": \"local[2]\"}");
    variables.put("SPARK_LOCAL_IP", "127.0.0.1");
    // Each verb lives for seconds.
    variables.put("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
    variables.put("PYTHONDONTWRITEBYTECODE", "1");
    return variables;
  }

  /** What 'spark-submit --packages' would fetch, and the driver of a local lake's catalog. */
  private static String jars() {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .filter(
            jar ->
                jar.matches(
                    ".*/(delta-spark_|delta-storage-|delta-kernel-|unitycatalog-|iceberg-spark-runtime-|spark-avro_|kafka-clients-[0-9.]+jar|sqlite-jdbc-).*"))
        .collect(Collectors.joining(","));
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
        .until(() -> !get("dags").path("dags").isEmpty());
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

  public URI url() {
    return url;
  }

  public JsonNode get(String path) throws IOException {
    return send("GET", path, null);
  }

  public JsonNode post(String path, Object body) throws IOException {
    return send("POST", path, JSON.writeValueAsString(body));
  }

  public JsonNode patch(String path, Object body) throws IOException {
    return send("PATCH", path, JSON.writeValueAsString(body));
  }

  private JsonNode send(String method, String path, String body) throws IOException {
    if (token == null) {
      token =
          request("POST", "/auth/token", json(Map.of("username", USER, "password", PASSWORD)))
              .path("access_token")
              .asText();
    }
    return request(method, "/api/v2/" + path, body);
  }

  private static String json(Object value) throws IOException {
    return JSON.writeValueAsString(value);
  }

  private JsonNode request(String method, String path, String body) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url + path))
            .header("Content-Type", "application/json")
            .method(
                method,
                body == null
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    try {
      HttpResponse<String> answer =
          http.send(request.build(), HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as("%s %s: %s", method, path, answer.body()).isLessThan(300);
      return JSON.readTree(answer.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** The runs of a DAG by their ids. */
  public Map<String, JsonNode> runs(String dag) throws IOException {
    Map<String, JsonNode> runs = new TreeMap<>();
    get("dags/%s/dagRuns?limit=100".formatted(dag))
        .path("dag_runs")
        .forEach(run -> runs.put(run.path("dag_run_id").asText(), run));
    return runs;
  }

  /** The state of each task of a run. */
  public Map<String, String> tasks(String dag, String run) throws IOException {
    Map<String, String> states = new TreeMap<>();
    get("dags/%s/dagRuns/%s/taskInstances".formatted(dag, encoded(run)))
        .path("task_instances")
        .forEach(task -> states.put(task.path("task_id").asText(), task.path("state").asText()));
    return states;
  }

  private static String encoded(String text) {
    return java.net.URLEncoder.encode(text, java.nio.charset.StandardCharsets.UTF_8);
  }

  /** Waits for the end of a run, and says with its logs how it ended. */
  public String ended(String dag, String run) {
    await()
        .atMost(PATIENCE)
        .pollInterval(MOMENT)
        .until(() -> List.of("success", "failed").contains(state(dag, run)));
    try {
      return state(dag, run);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String state(String dag, String run) throws IOException {
    JsonNode found = runs(dag).get(run);
    return found == null ? "absent" : found.path("state").asText();
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
  }
}
