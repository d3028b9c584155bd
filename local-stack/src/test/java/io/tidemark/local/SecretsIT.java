package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tidemark.local.purchases.PurchaseGenerator;
import io.tidemark.local.replay.Topic;
import io.tidemark.output.ExitCode;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kafka with TLS and SCRAM, a registry with TLS and a token, an Iceberg catalog with TLS and a
 * credential, secrets from files; and a search for them in all that a stream and a reconciliation
 * leave behind.
 */
class SecretsIT {
  private static final Path RETAIL = Path.of("..", "conf", "retail").toAbsolutePath().normalize();
  private static final String KAFKA_PASSWORD = "kafka-hunter2";
  private static final String REGISTRY_TOKEN = "registry-hunter2";
  private static final String CATALOG_PASSWORD = "catalog-hunter2";
  private static final String CATALOG_SECRET = "credential-hunter2";
  private static final String CATALOG_TOKEN = "catalog-token-hunter2";
  private static final String S3_KEY = "object-store-hunter2";

  /** Every secret ends so. */
  private static final String MARK = "hunter2";

  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  @TempDir private Path folder;
  private LakeVerbs verbs;
  private TestCertificate certificate;
  private Server broker;
  private Server schemas;
  private GuardedServer registry;
  private RestCatalog tables;
  private GuardedServer catalog;
  private final int page = Ports.free();

  @BeforeEach
  void start() throws Exception {
    assumeThat(Registry.javaHome()).isPresent();
    certificate = TestCertificate.in(folder.resolve("certificate"));
    CompletableFuture<Server> starting =
        CompletableFuture.supplyAsync(
            () -> new SecuredBroker(folder.resolve("broker"), certificate, KAFKA_PASSWORD).start());
    schemas =
        Registry.start(
            Registry.javaHome().orElseThrow(),
            Files.createDirectories(folder.resolve("schemas")),
            0,
            ServerProcess.Life.TETHERED);
    broker = starting.join();
    registry =
        GuardedServer.before(URI.create(schemas.address()), certificate.context(), REGISTRY_TOKEN);
    Files.createDirectories(lake().resolve("event-log"));
    tables = RestCatalog.start(lake());
    catalog = GuardedServer.before(tables.url(), certificate.context(), CATALOG_TOKEN);
    catalog.give(CATALOG_TOKEN, CATALOG_SECRET);
    Files.writeString(lake().resolve("environment.yaml"), environment());
    verbs = new LakeVerbs(folder, lake(), RETAIL);
    new PurchaseGenerator(5, 500, 6).writePurchases(folder.resolve("purchases.csv"));
  }

  @AfterEach
  void stop() {
    Stream.of(Optional.ofNullable(registry), Optional.ofNullable(catalog))
        .flatMap(Optional::stream)
        .forEach(GuardedServer::close);
    if (tables != null) {
      tables.close();
    }
    Stream.of(broker, schemas).filter(Objects::nonNull).forEach(Server::stop);
  }

  private SecuredBroker broker() {
    return new SecuredBroker(folder.resolve("broker"), certificate, KAFKA_PASSWORD);
  }

  private String environment() throws IOException {
    Path secrets = Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("kafka-password"), KAFKA_PASSWORD + "\n");
    Files.writeString(secrets.resolve("registry-token"), REGISTRY_TOKEN);
    Files.writeString(secrets.resolve("catalog-password"), CATALOG_PASSWORD);
    Files.writeString(secrets.resolve("catalog-credential"), "client:" + CATALOG_SECRET);
    Files.writeString(secrets.resolve("s3-key"), S3_KEY);
    return """
        brokers: %s
        registry:
          url: %s
          token: ${file:../secrets/registry-token}
        warehouse: warehouse
        checkpoints: checkpoints
        catalog:
          type: rest
          uri: %s
          credential: ${file:../secrets/catalog-credential}
          oauth2-server-uri: %s
          jdbc.password: ${file:../secrets/catalog-password}
          s3.endpoint: https://me:${file:../secrets/catalog-password}@store.example.com
        kafka:
          security.protocol: SASL_SSL
          sasl.mechanism: SCRAM-SHA-512
          sasl.jaas.config: %s
          ssl.truststore.type: PEM
          ssl.truststore.certificates: ${file:%s}
        spark:
          spark.hadoop.fs.s3a.secret.key: ${file:../secrets/s3-key}
          spark.eventLog.enabled: "true"
          spark.eventLog.compress: "false"
          spark.eventLog.dir: %s
          spark.ui.enabled: "true"
          spark.ui.port: "%d"
        """
        .formatted(
            broker.address(),
            registry.place(),
            catalog.place(),
            catalog.tokens(),
            SecuredBroker.jaas("${file:../secrets/kafka-password}"),
            certificate.pem(),
            lake().resolve("event-log").toUri(),
            page);
  }

  @Test
  void aStreamAndAReconciliationByThemLeaveNoneBehind() throws Exception {
    List<String> left = new ArrayList<>();
    Topic.create("products", 1, broker().client(broker.address()));
    left.add(
        ended(launch("replay", "--input=" + folder.resolve("purchases.csv"), "--topic=purchases")));
    try (LaunchedVerb stream = launch("stream")) {
      awaitRefresh(stream);
      left.addAll(pages());
      stream.terminate();
      left.add(ended(stream));
      assertThat(stream.output()).containsPattern("purchases +500 ");
    }
    left.add(ended(launch("reconcile", "--view=sales_by_hour_country", "--all-closed")));

    assertThat(left).hasSizeGreaterThan(7);
    assertThat(left.stream().flatMap(SecretsIT::secrets)).isEmpty();
    assertThat(files(lake()).map(Path::toString))
        .anyMatch(file -> file.contains("event-log"))
        .anyMatch(file -> file.endsWith("stream.log"));
    assertThat(files(lake()).flatMap(file -> secrets(text(file)).map(found -> file + ": " + found)))
        .isEmpty();
    assertThat(events()).contains("spark.hadoop.fs.s3a.secret.key", "spark.sql.catalog.lake");
    try (TestLake opened = opened()) {
      opened.lake().register(opened.spark());
      List<Row> rows = opened.spark().sql(everyRow(opened)).collectAsList();
      assertThat(rows).hasSizeGreaterThan(500);
      assertThat(rows.stream().flatMap(row -> secrets(row.getString(0)))).isEmpty();
    }
  }

  /** Past the guard: its tables are all that is asked for. */
  private TestLake opened() {
    Map<String, String> directly = Map.of("type", "rest", "uri", tables.url().toString());
    return TestLake.at(lake(), lake().toUri(), directly, Map.of());
  }

  private LaunchedVerb launch(String... verb) {
    List<String> words = new ArrayList<>(List.of(verb));
    words.addAll(List.of("--lake=" + lake(), "--pipeline=" + RETAIL));
    return LaunchedVerb.start(
        folder,
        words,
        LaunchedVerb.FOR_FEW_ROWS
            + " -Djavax.net.ssl.trustStore=%s -Djavax.net.ssl.trustStorePassword=%s"
                .formatted(certificate.trust(), TestCertificate.PASSWORD));
  }

  private static String ended(LaunchedVerb verb) throws InterruptedException {
    assertThat(verb.exitCode()).as(verb::errors).isEqualTo(ExitCode.FINE);
    return verb.output() + verb.errors();
  }

  private void awaitRefresh(LaunchedVerb stream) {
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(
            () -> {
              assertThat(stream.endsWithin(0)).as(stream::errors).isFalse();
              return verbs.hasRefreshed(1);
            });
  }

  /** What Spark shows of itself while it runs. */
  private List<String> pages() throws IOException, InterruptedException {
    List<String> pages = new ArrayList<>();
    for (String path :
        List.of("/environment/", "/SQL/", "/SQL/execution/?id=0", "/StreamingQuery/", "/jobs/")) {
      HttpResponse<String> answer =
          CLIENT.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:%d%s".formatted(page, path)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      pages.add(answer.body());
    }
    assertThat(pages.get(0)).contains("spark.hadoop.fs.s3a.secret.key", "redacted");
    return pages;
  }

  /** Of every table, as JSON. */
  private static String everyRow(TestLake opened) {
    List<String> tables = new ArrayList<>();
    for (String schema : List.of("ops", "retail")) {
      opened.spark().sql("SHOW TABLES IN spark_catalog." + schema).collectAsList().stream()
          .map(row -> "SELECT to_json(struct(*)) FROM %s.%s".formatted(row.get(0), row.get(1)))
          .forEach(tables::add);
    }
    assertThat(tables).hasSizeGreaterThan(8);
    return String.join(" UNION ALL ", tables);
  }

  private String events() {
    return files(lake().resolve("event-log")).map(SecretsIT::text).reduce("", String::concat);
  }

  /** For each what stands before it. */
  private static Stream<String> secrets(String text) {
    return Stream.iterate(
            text.indexOf(MARK), found -> found >= 0, found -> text.indexOf(MARK, found + 1))
        .map(found -> text.substring(Math.max(0, found - 80), found));
  }

  private static Stream<Path> files(Path folder) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Byte by byte. */
  private static String text(Path file) {
    try {
      return Files.readString(file, StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path lake() {
    return folder.resolve("lake");
  }
}
