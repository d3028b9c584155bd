package io.tidemark.local;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tidemark.output.ExitCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.apache.hadoop.util.VersionInfo;
import org.junit.jupiter.api.Test;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import picocli.CommandLine;

/**
 * Holds the manifests for Kubernetes, the image that they run and the environment file that they
 * mount to one another and to the code. What the operator's schema says of them is not here.
 */
class KubernetesTest {
  private static final Path FOLDER = Page.ROOT.resolve("conf/kubernetes");
  private static final Pattern PACKAGES = Pattern.compile("--packages (\\S+)");
  private static final Pattern EXCLUDED = Pattern.compile("--exclude-packages (\\S+)");
  private static final Pattern COPY = Pattern.compile("(?m)^COPY ([^-].*) (\\S+)$");
  private static final Pattern TAG = Pattern.compile("docker build .* -t (\\S+)");
  private static final Pattern IMAGE = Pattern.compile("image[:=] *(\\S+)");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");
  private static final String LOCAL = "local://";

  private final String dockerfile = text("Dockerfile");
  private final Map<?, ?> stream = manifest("stream.yaml", "SparkApplication");
  private final Map<?, ?> job =
      at(manifest("reconcile.yaml", "CronJob"), "spec", "jobTemplate", "spec");
  private final Map<?, ?> reconciling = at(job, "template", "spec");
  private final String environment = read(Page.ROOT.resolve("conf/production.yaml"));

  @Test
  void theImageHasThisSparkAndThePackagesOfTheReadme() {
    assertThat(found(Pattern.compile("FROM apache/spark:(\\S+?)-"), dockerfile))
        .hasSize(2)
        .containsOnly(org.apache.spark.package$.MODULE$.SPARK_VERSION());
    String readme = found(PACKAGES, read(Page.ROOT.resolve("README.md"))).get(0);
    String configuration = read(Page.ROOT.resolve("docs/configuration.md"));
    String ofS3 = found(PACKAGES, configuration).get(0).replaceFirst("^…", "");
    assertThat(ofS3).startsWith(",org.apache.hadoop:hadoop-aws:" + VersionInfo.getVersion() + ",");
    assertThat(found(PACKAGES, dockerfile)).containsExactly(readme + ofS3);
    assertThat(found(EXCLUDED, dockerfile)).hasSize(1).isEqualTo(found(EXCLUDED, configuration));
    assertThat(this.<String>at(stream, "spec", "runtimeVersions", "sparkVersion"))
        .isEqualTo(org.apache.spark.package$.MODULE$.SPARK_VERSION());
  }

  @Test
  void whatTheImageTakesIsSentToDocker() {
    List<String> sent =
        text("Dockerfile.dockerignore").lines().filter(line -> line.startsWith("!")).toList();
    assertThat(copied())
        .isNotEmpty()
        .allSatisfy(source -> assertThat(sent).contains("!" + source.replaceAll("/$", "")));
  }

  @Test
  void everyManifestRunsTheImageThatIsBuilt() {
    String tag = found(TAG, dockerfile).get(0);
    assertThat(found(IMAGE, text("stream.yaml") + text("reconcile.yaml")))
        .hasSize(3)
        .containsOnly(tag);
  }

  @Test
  void theStreamIsAVerbWithItsOptionsInAJarOfTheImage() {
    assertRuns(
        at(stream, "spec", "mainClass"),
        at(stream, "spec", "jars"),
        at(stream, "spec", "driverArgs"));
  }

  @Test
  void theJobIsAVerbWithItsOptionsInAJarOfTheImage() {
    List<String> words = at(reconciling, "containers", 0, "args");
    int jar = words.indexOf(words.stream().filter(word -> word.startsWith(LOCAL)).toList().get(0));
    assertRuns(
        words.get(words.indexOf("--class") + 1),
        words.get(jar),
        words.subList(jar + 1, words.size()));
  }

  @Test
  void theSecretHasEveryVariableOfTheEnvironmentFile() {
    Map<String, ?> secret = at(manifest("secret.yaml", "Secret"), "stringData");
    Set<String> own =
        secret.keySet().stream().filter(name -> !name.startsWith("AWS_")).collect(toSet());
    assertThat(own).isEqualTo(new HashSet<>(found(VARIABLE, environment)));
  }

  @Test
  void driversFindTheEnvironmentFileAndEveryoneTheAuthority() {
    String truststore =
        found(Pattern.compile("ssl.truststore.location: (\\S+)"), environment).get(0);
    String folder = truststore.substring(0, truststore.lastIndexOf('/'));
    assertThat(text("secret.yaml")).contains("\n  " + truststore.substring(folder.length() + 1));
    assertThat(mounts(template("driverSpec")))
        .contains(folder, "/etc/tidemark/environment")
        .isEqualTo(mounts(reconciling));
    assertThat(mounts(template("executorSpec"))).containsExactly(folder);
  }

  @Test
  void theOperatorWaitsLongerThanTheStreamMayTakeToStop() {
    Integer grace = at(template("driverSpec"), "terminationGracePeriodSeconds");
    Integer force =
        at(
            stream,
            "spec",
            "applicationTolerations",
            "applicationTimeoutConfig",
            "forceTerminationGracePeriodMillis");
    assertThat(force).isGreaterThan(grace * 1000);
  }

  @Test
  void nothingIsSetBothInTheManifestAndInTheEnvironmentFile() {
    Map<String, String> settings = at(stream, "spec", "sparkConf");
    assertThat(settings.keySet())
        .allSatisfy(key -> assertThat(environment).doesNotContain("  " + key + ":"));
  }

  @Test
  void aDrainLeavesAllButOneOfTheLeastExecutors() {
    Map<?, ?> budget = manifest("disruption.yaml", "PodDisruptionBudget");
    Map<String, String> labels = at(budget, "spec", "selector", "matchLabels");
    Map<String, String> settings = at(stream, "spec", "sparkConf");
    assertThat(labels)
        .hasSize(1)
        .allSatisfy(
            (label, value) ->
                assertThat(settings)
                    .containsEntry("spark.kubernetes.executor.label." + label, value));
    String least = found(Pattern.compile("minExecutors: \"(\\d+)\""), environment).get(0);
    assertThat(this.<Integer>at(budget, "spec", "minAvailable"))
        .isEqualTo(Integer.parseInt(least) - 1);
  }

  @Test
  void aJobIsNotTriedAgainWhereItWouldEndTheSameWay() {
    List<Integer> codes = at(job, "podFailurePolicy", "rules", 0, "onExitCodes", "values");
    assertThat(codes)
        .containsExactly(
            ExitCode.WRONG_USAGE, ExitCode.DRIFT_NOT_REPAIRED, ExitCode.QUALITY_REFUSED);
  }

  /**
   * @param jar of the module that has the class
   */
  private void assertRuns(String verb, String jar, List<String> arguments) {
    String file = jar.substring(LOCAL.length());
    String module = file.substring(file.lastIndexOf('/') + 1).replace(".jar", "");
    assertThat(copied()).contains("%s/target/%s.jar".formatted(module, module));
    assertThat(dockerfile).contains(" " + file.substring(0, file.lastIndexOf('/') + 1) + "\n");
    assertThat(Page.ROOT.resolve(module + "/src/main/java/" + verb.replace('.', '/') + ".java"))
        .exists();
    assertThatCode(
            () ->
                new CommandLine(Class.forName(verb, false, getClass().getClassLoader()))
                    .parseArgs(arguments.toArray(String[]::new)))
        .doesNotThrowAnyException();
    assertThat(dockerfile)
        .contains(" " + arguments.get(arguments.indexOf("--pipeline") + 1) + "/\n");
    assertThat(arguments).contains("/etc/tidemark/environment/production.yaml");
  }

  private Map<?, ?> template(String part) {
    return at(stream, "spec", part, "podTemplateSpec", "spec");
  }

  private List<String> mounts(Map<?, ?> pod) {
    List<Map<String, String>> mounts = at(pod, "containers", 0, "volumeMounts");
    return mounts.stream().map(mount -> mount.get("mountPath")).sorted().toList();
  }

  private List<String> copied() {
    return COPY.matcher(dockerfile)
        .results()
        .flatMap(copy -> Arrays.stream(copy.group(1).split(" ")))
        .toList();
  }

  private static List<String> found(Pattern pattern, String text) {
    Stream<MatchResult> results = pattern.matcher(text).results();
    return results.map(result -> result.group(1)).toList();
  }

  /** What stands below keys of maps and places of lists. */
  @SuppressWarnings("unchecked")
  private <T> T at(Object node, Object... path) {
    for (Object step : path) {
      Object below =
          step instanceof Integer i ? ((List<?>) node).get(i) : ((Map<?, ?>) node).get(step);
      assertThat(below).as("%s of %s", step, Arrays.toString(path)).isNotNull();
      node = below;
    }
    return (T) node;
  }

  /** The first of a kind. */
  private static Map<?, ?> manifest(String file, String kind) {
    Iterable<Object> documents =
        new Load(LoadSettings.builder().build()).loadAllFromString(text(file));
    return StreamSupport.stream(documents.spliterator(), false)
        .map(document -> (Map<?, ?>) document)
        .filter(document -> document.get("kind").equals(kind))
        .findFirst()
        .orElseThrow();
  }

  private static String text(String file) {
    return read(FOLDER.resolve(file));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
