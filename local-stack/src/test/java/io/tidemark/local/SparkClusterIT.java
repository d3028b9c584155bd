package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.tidemark.local.SparkRest.Running;
import io.tidemark.local.cluster.SparkCluster;
import io.tidemark.local.cluster.SparkHistory;
import io.tidemark.local.purchases.Measures;
import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.local.purchases.SalesTables;
import io.tidemark.local.purchases.Truth;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import io.tidemark.pipeline.RetailCopy;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the verbs on a real cluster by the words of README.md, while executors are killed, and asks
 * afterwards whether the numbers are those of what was sent.
 */
@Tag("tool")
class SparkClusterIT {
  private static final String STREAM = "io.tidemark.streaming.StreamCommand";
  private static final String RECONCILE = "io.tidemark.reconcile.ReconcileCommand";
  private static final String MAINTAIN = "io.tidemark.maintain.MaintainCommand";

  private static final long LINES = 10_000;

  /** Of the first days, since every date is files to write. The last one is still open. */
  private static final Pattern DAY = Pattern.compile(",2010-12-0[1-5] ");

  private static final String TIDEMARK = "2010-12-04";
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** Of few rows: to compile takes longer than to pass them through. */
  private static final Map<String, String> SMALL =
      Map.of(
          "spark.sql.shuffle.partitions", "2",
          "spark.databricks.delta.snapshotPartitions", "1",
          "spark.sql.codegen.wholeStage", "false",
          "spark.sql.codegen.factoryMode", "NO_CODEGEN");

  private static final String JAVA =
      "-XX:TieredStopAtLevel=1 -XX:ReservedCodeCacheSize=240m -XX:+UseSerialGC"
          + " -XX:+UnlockDiagnosticVMOptions"
          + " -XX:-BytecodeVerificationRemote";

  @TempDir private static Path folder;
  private static LocalStack stack;
  private static Optional<HeldRegistry> registry;
  private static SparkCluster cluster;
  private static Path pipeline;
  private static Path eventLogs;
  private static Map<String, String> defaults;

  private final List<Running> killed = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    Files.createDirectories(lake());
    stack = LocalStack.tethered(lake(), RegistryChoice.AUTO);
    EnvironmentFile.write(stack.environment(), lake().resolve("environment.yaml"));
    registry = HeldRegistry.before(stack.environment().registry(), "invoice_no");
    eventLogs = Files.createDirectories(folder.resolve("event-logs"));
    defaults =
        Map.of(
            "spark.eventLog.enabled",
            "true",
            "spark.eventLog.dir",
            eventLogs.toUri().toString(),
            "spark.ui.port",
            "0",
            "spark.driver.extraJavaOptions",
            JAVA,
            "spark.executor.extraJavaOptions",
            JAVA);
    cluster =
        SparkCluster.start(
            SparkDistribution.home(System.getenv()), folder.resolve("cluster"), 768, defaults);
    cluster.addWorker();
    cluster.addWorker();
    EnvironmentFile.write(environment(stack.environment()), file());
    pipeline = smaller().folder();
  }

  /** A view in each format. */
  private static RetailCopy smaller() throws IOException {
    RetailCopy retail = RetailCopy.in(folder.resolve(SubmitLines.PIPELINE));
    retail.change(
        "pipeline.yaml",
        text ->
            text.replaceAll("(?s)  - name: sales_by_product_day\\n.*?(?=  - name: )", "")
                .replaceAll("(?s)(name: sales_sliding.*format: )iceberg", "$1delta"));
    Files.delete(retail.folder().resolve("views/sales_by_product_day.sql"));
    return retail;
  }

  @AfterAll
  static void stop() {
    cluster.close();
    registry.ifPresent(HeldRegistry::close);
    stack.close();
  }

  /** The same lake as others find it: nothing in it is of the local stack. */
  private static Environment environment(Environment local) {
    return new Environment(
            local.brokers(),
            registry.map(HeldRegistry::place).orElse(local.registry()),
            local.warehouse(),
            local.checkpoints(),
            local.catalog(),
            Map.of(),
            SMALL)
        .withPatience(Duration.ofSeconds(1));
  }

  @Test
  void itsNumbersAreRightWhicheverExecutorDies() throws Exception {
    sendInTime();
    landAndRefreshWhileExecutorsDie();
    send("late.csv", "purchases");
    fine(new SubmitLines(folder).readme(STREAM) + " --once");
    repairWhileAnExecutorDies();
    fine(new SubmitLines(folder).readme(MAINTAIN));

    OtherVerbs others = new OtherVerbs(cluster, new SubmitLines(folder), folder);
    others.look();
    assertTruth();
    others.check(defaults);
    others.change();
    assertHistory();
  }

  private void sendInTime() throws IOException {
    PurchaseGenerator generator = new PurchaseGenerator(11, LINES);
    generator.writePurchases(purchases());
    generator.writeProducts(folder.resolve("products.csv"));
    List<String> lines = Files.readAllLines(purchases());
    write("purchases.csv", lines, line -> DAY.matcher(line).find());
    lines = Files.readAllLines(purchases());
    Predicate<String> isLate = line -> line.substring(0, line.indexOf(',')).endsWith("3");
    write("in-time.csv", lines, isLate.negate());
    write("late.csv", lines, isLate);
    send("products.csv", "products");
    send("in-time.csv", "purchases", "--duplicates=5%", "--corrupt=1%", "--future=1%");
  }

  private static void write(String name, List<String> lines, Predicate<String> chosen)
      throws IOException {
    List<String> file = new ArrayList<>(lines.subList(0, 1));
    lines.stream().skip(1).filter(chosen).forEach(file::add);
    Files.write(folder.resolve(name), file);
  }

  private static void send(String file, String topic, String... trouble) {
    new LakeVerbs(folder, lake(), pipeline).send(folder.resolve(file), topic, trouble);
  }

  private void landAndRefreshWhileExecutorsDie() throws Exception {
    try (SubmittedVerb stream = submit(new SubmitLines(folder).readme(STREAM))) {
      ExecutorKill kill = kill(stream);
      killed.add(kill.during(isAbout("retail.land.events")));
      registry.ifPresent(HeldRegistry::release);
      killed.add(kill.during(isAbout("retail.refresh.")));
      stream.terminate();
      assertThat(stream.exitCode()).as(stream::errors).isZero();
      assertThat(stream.output()).contains("purchases", "sales_sliding");
    }
  }

  private void repairWhileAnExecutorDies() throws Exception {
    try (SubmittedVerb reconcile = submit(new SubmitLines(folder).readme(RECONCILE))) {
      killed.add(
          kill(reconcile)
              .during(stage -> stage.path("details").asText().contains("reconcile.Repair.")));
      assertThat(reconcile.exitCode()).as(reconcile::errors).isZero();
      assertThat(reconcile.output()).contains(TIDEMARK);
    }
  }

  private static ExecutorKill kill(SubmittedVerb verb) {
    SparkRest driver = verb.driver();
    String application =
        await()
            .atMost(PATIENCE)
            .ignoreExceptionsInstanceOf(IOException.class)
            .until(
                () -> {
                  verb.requireAlive();
                  return driver.applications();
                },
                found -> !found.isEmpty())
            .get(0);
    return new ExecutorKill(cluster, verb, driver, application);
  }

  private static Predicate<JsonNode> isAbout(String query) {
    return stage -> stage.path("description").asText().contains(query);
  }

  private static SubmittedVerb submit(String line) throws IOException {
    return SubmittedVerb.start(line, cluster.variables(), folder);
  }

  /** Submits, waits, and gives what it has said. */
  private static String fine(String line) throws IOException, InterruptedException {
    try (SubmittedVerb verb = submit(line)) {
      assertThat(verb.exitCode()).as(verb::errors).isZero();
      return verb.output();
    }
  }

  private static void assertTruth() {
    try (TestLake opened = TestLake.in(lake())) {
      opened.lake().register(opened.spark());
      SalesTables sales = new SalesTables(opened.spark(), TIDEMARK);
      assertThat(sales.byHourAndCountry()).isEqualTo(closed(Truth.byHourAndCountry(purchases())));
      assertThat(sales.sliding()).isEqualTo(closed(Truth.sliding(purchases())));
    }
  }

  private static Map<String, Measures> closed(Map<String, Measures> truth) {
    return SalesTables.through(TIDEMARK, truth);
  }

  /** It has every application, and how each kill hit a task. */
  private void assertHistory() throws IOException {
    try (SparkHistory history =
        SparkHistory.start(folder.resolve("cluster"), cluster.variables(), eventLogs.toUri())) {
      SparkRest rest = new SparkRest(history.page());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  rest.each("applications")
                      .map(application -> application.path("name").asText())
                      .toList(),
              names ->
                  names.containsAll(
                      List.of(
                          "tidemark stream retail",
                          "tidemark reconcile retail",
                          "tidemark maintain retail")));
      for (Running task : killed) {
        assertThat(rest.task(task).path("errorMessage").asText())
            .as("%s", task)
            .startsWith("ExecutorLostFailure (executor " + task.executor() + " exited");
      }
    }
  }

  private static Path lake() {
    return folder.resolve("lake");
  }

  private static Path file() {
    return folder.resolve(SubmitLines.ENVIRONMENT);
  }

  private static Path purchases() {
    return folder.resolve("purchases.csv");
  }
}
