package io.tidemark.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.schema.RecordFormat;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvironmentFileTest {
  private static final String MINIMAL =
      """
      brokers: broker:9092
      registry: http://registry:8081
      warehouse: s3a://lake/warehouse
      checkpoints: s3a://lake/checkpoints
      """;

  @TempDir private Path folder;

  private Environment read(String yaml, Map<String, String> variables) throws IOException {
    return EnvironmentFile.read(
        Files.writeString(folder.resolve("environment.yaml"), yaml), variables::get);
  }

  private String refusal(String yaml) {
    return refusal(yaml, "hunter2");
  }

  private String refusal(String yaml, String set) {
    return catchThrowableOfType(
            InvalidConfigurationException.class, () -> read(yaml, Map.of("SET", set)))
        .getMessage();
  }

  @Test
  void whatIsWrittenIsReadAgain() throws IOException {
    Environment environment =
        new Environment(
            "127.0.0.1:9092,127.0.0.1:9093",
            URI.create("http://127.0.0.1:8081/apis/ccompat/v7"),
            URI.create("file:///a%20lake/warehouse"),
            URI.create("file:///a%20lake/checkpoints"),
            Map.of("uri", "jdbc:sqlite:/a lake/catalog.db?busy_timeout=30000&journal_mode=WAL"),
            Map.of("sasl.jaas.config", "a: 'quoted' \"pass$word\" ${NOT_A_VARIABLE} #1"),
            Map.of("spark.sql.shuffle.partitions", "2"));
    Path file = folder.resolve("environment.yaml");

    EnvironmentFile.write(environment, file);

    assertThat(EnvironmentFile.read(file)).isEqualTo(environment);
  }

  @Test
  void aVariableIsPutInAndAnUnsetOneIsRefused() throws IOException {
    String kafka = MINIMAL + "kafka:\n  password: x-${SET}-$$\n";

    assertThat(read(kafka, Map.of("SET", "hunter2")).kafka())
        .containsEntry("password", "x-hunter2-$");
    assertThat(refusal(MINIMAL + "spark:\n  a: ${UNSET}\n"))
        .contains(
            "environment.yaml:6: spark.a: Cannot find the environment variable UNSET: set it, or write the value here.");
  }

  @Test
  void theTextOfAFileIsPutInWithoutItsLineEnd() throws IOException {
    Path secrets = Files.createDirectories(folder.resolve("secrets"));
    Files.writeString(secrets.resolve("kafka-password"), "hunt er2$\r\n");
    Files.writeString(secrets.resolve("ca.crt"), "first\nsecond\n\n");
    String kafka =
        MINIMAL
            + "kafka:\n  jaas: password=\"${file:%s}\";\n  ca: ${file:secrets/ca.crt}\n"
                .formatted(secrets.resolve("kafka-password"));

    assertThat(read(kafka, Map.of()).kafka())
        .containsEntry("jaas", "password=\"hunt er2$\";")
        .containsEntry("ca", "first\nsecond\n");
  }

  @Test
  void aFileThatHoldsNoSecretIsRefusedByItsKeyAndLine() throws IOException {
    Files.writeString(folder.resolve("empty"), "\n");
    Files.write(folder.resolve("binary"), new byte[] {'h', 'u', 'n', (byte) 0xff});

    assertThat(
            refusal(
                MINIMAL
                    + """
                    kafka:
                      a: ${file:/no/such/file}
                      b: ${file:empty}
                      c: ${file:binary}
                      d: ${file:.}
                    """))
        .contains("4 problems")
        .contains(
            "environment.yaml:6: kafka.a: Cannot use the file /no/such/file: it is not there.")
        .contains("environment.yaml:7: kafka.b: Cannot use the file " + folder.resolve("empty"))
        .contains(": it is empty.")
        .contains("environment.yaml:8: kafka.c: Cannot use the file " + folder.resolve("binary"))
        .contains("environment.yaml:9: kafka.d: Cannot use the file " + folder)
        .doesNotContain("hun");
  }

  @Test
  void aRegistryIsLoggedInToByATokenWhichIsNotTold() throws IOException {
    String registry =
        MINIMAL.replace(
            "registry: http://registry:8081",
            "registry: {url: 'https://registry:8081/api', token: '${SET}'}");
    Environment environment = read(registry, Map.of("SET", "hun:ter/2"));

    assertThat(environment.registry())
        .isEqualTo(URI.create("https://hun%3Ater%2F2@registry:8081/api"));
    assertThat(environment.toString()).doesNotContain("ter");
    Path file = folder.resolve("written.yaml");
    EnvironmentFile.write(environment, file);
    assertThat(EnvironmentFile.read(file)).isEqualTo(environment);
    assertThat(refusal(registry.replace("//registry", "//me:x@registry")))
        .contains("environment.yaml:2: registry.token: Cannot log in to the registry by this")
        .doesNotContain("hunter2");
    assertThat(refusal(registry.replace("https://registry:8081/api", "schemas")))
        .contains("registry.token: Cannot log in to the registry by this");
    assertThat(refusal(registry, "hunter2\n"))
        .contains("environment.yaml:2: registry.token: Cannot use the value")
        .doesNotContain("hunter2");
  }

  @Test
  void tidemarksOwnPropertiesOfSparkAreNoSettings() {
    assertThat(
            refusal(MINIMAL + "spark: {spark.tidemark.large-date-rows: 5, spark.ui.port: 4041}\n"))
        .contains("environment.yaml:5: spark: Cannot set 'spark.tidemark.large-date-rows'")
        .contains("refresh.large-date-rows")
        .doesNotContain("spark.ui.port");
  }

  @Test
  void aDollarSignByItselfIsRefused() {
    assertThat(refusal(MINIMAL + "kafka: {password: pa$word}\n"))
        .contains("kafka.password: Cannot read a '$' by itself");
  }

  @Test
  void aPathIsTakenBesideTheFileAndAUriAsItIs() throws IOException {
    Environment environment =
        read(MINIMAL.replace("s3a://lake/warehouse", "a lake/warehouse"), Map.of());

    assertThat(Path.of(environment.warehouse())).isEqualTo(folder.resolve("a lake/warehouse"));
    assertThat(environment.checkpoints()).isEqualTo(URI.create("s3a://lake/checkpoints"));
  }

  @Test
  void secretsAreInNoMessageAndNoText() throws IOException {
    assertThat(refusal(MINIMAL + "kafka: {password: [hunter2]}\ncatalog: hunter2\n"))
        .contains("kafka.password", "catalog")
        .doesNotContain("hunter2");
    String registry = MINIMAL.replace("//registry", "//me:${SET}@registry");
    Environment environment =
        read(registry + "kafka: {password: '${SET}'}\n", Map.of("SET", "hunter2"));
    RecordFormat format =
        RecordFormat.ofDimension(
            SchemaBuilder.record("Shop").fields().endRecord(), environment.registry(), List.of());
    assertThat(environment.registry().getUserInfo()).isEqualTo("me:hunter2");
    assertThat(environment + " " + format)
        .contains("brokers=broker:9092", "Shop by http://registry:8081")
        .doesNotContain("hunter2");
  }

  @Test
  void aRegistryWhosePasswordCouldNotBeToldFromItsHostIsRefused() {
    assertThat(refusal(MINIMAL.replace("//registry", "//me:${SET}@2@registry")))
        .contains("environment.yaml:2: registry: Cannot find a host in the registry's URL.")
        .doesNotContain("hunter2");
  }

  @Test
  void aRegistryIsWrittenOutWithItsPatience() throws IOException {
    String registry =
        MINIMAL.replace(
            "registry: http://registry:8081",
            "registry: {url: 'http://registry:8081', unknown-id-patience: 5 seconds}");
    Environment environment = read(registry, Map.of());

    assertThat(environment.unknownIdPatience()).isEqualTo(Duration.ofSeconds(5));
    assertThat(environment.withPatience(Duration.ofSeconds(30))).isEqualTo(read(MINIMAL, Map.of()));
    Path file = folder.resolve("written.yaml");
    EnvironmentFile.write(environment, file);
    assertThat(EnvironmentFile.read(file)).isEqualTo(environment);
    assertThat(refusal(registry.replace("url:", "uri:")))
        .contains("1 problem", "registry.uri: Unknown key. Did you mean 'url'?");
  }

  @Test
  void anAirflowIsLoggedInToByAPasswordOrATokenAndNeitherIsTold() throws IOException {
    String airflow = MINIMAL + "airflow: {url: 'https://airflow:8080', ";
    Environment environment =
        read(airflow + "username: me, password: '${SET}'}\n", Map.of("SET", "hunter2"));

    assertThat(environment.airflow())
        .contains(
            new Airflow(
                URI.create("https://airflow:8080"),
                Optional.of("me"),
                Optional.of("hunter2"),
                Optional.empty()));
    assertThat(environment.toString() + environment.airflow()).doesNotContain("hunter2");
    Path file = folder.resolve("written.yaml");
    EnvironmentFile.write(environment, file);
    assertThat(EnvironmentFile.read(file)).isEqualTo(environment);
    assertThat(read(airflow + "token: hunter2}\n", Map.of()).airflow()).isPresent();
    assertThat(read(MINIMAL, Map.of()).airflow()).isEmpty();
  }

  @Test
  void anAirflowThatCannotBeLoggedInToIsRefused() {
    String airflow = MINIMAL + "airflow: {url: 'https://airflow:8080'";

    assertThat(refusal(airflow + "}\n")).contains("airflow.url: Cannot log in to Airflow");
    assertThat(refusal(airflow + ", username: me}\n")).contains("Cannot log in to Airflow");
    assertThat(refusal(airflow + ", username: me, password: hunter2, token: hunter2}\n"))
        .contains("Cannot log in to Airflow")
        .doesNotContain("hunter2");
    assertThat(refusal(MINIMAL + "airflow: {token: hunter2}\n"))
        .contains("airflow.url: This key is required")
        .doesNotContain("hunter2");
    assertThat(refusal(MINIMAL + "airflow: {url: 'https://me:hunter2@airflow', token: x}\n"))
        .contains("airflow.url: Cannot use the URL")
        .doesNotContain("hunter2");
    assertThat(refusal(MINIMAL + "airflow: {url: ftp://airflow, token: x}\n"))
        .contains("airflow.url: Cannot use the URL");
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2\n", "hunter2\r\n", "hun\tter2", "hunter2\0", "hunter2\u0085"})
  void aSecretWithALineEndIsRefusedByItsKeyAndNotTold(String secret) {
    String airflow = MINIMAL + "airflow: {url: 'https://airflow:8080', ";

    assertThat(refusal(airflow + "token: '${SET}'}\n", secret))
        .contains("environment.yaml:5: airflow.token: Cannot use the value: it holds a line end")
        .doesNotContain("hun", "ter2");
    assertThat(refusal(airflow + "username: me, password: '${SET}'}\n", secret))
        .contains("environment.yaml:5: airflow.password: Cannot use the value: it holds a line end")
        .doesNotContain("hun", "ter2");
    assertThat(refusal(MINIMAL.replace("//registry", "//me:${SET}@registry"), secret))
        .contains("environment.yaml:2: registry: Cannot use the value: it holds a line end")
        .doesNotContain("hun", "ter2");
  }

  @Test
  void aTokenThatNoHeaderCanHoldIsRefusedAndNotTold() {
    String airflow = MINIMAL + "airflow: {url: 'https://airflow:8080', ";

    assertThat(refusal(airflow + "token: '${SET}'}\n", "hunter2…"))
        .contains("airflow.token: Cannot use the value: it holds a character that is not ASCII")
        .doesNotContain("hunter2");
    assertThat(refusal(MINIMAL + "airflow:\n  url: https://airflow\n  token: |\n    hunter2\n"))
        .contains("environment.yaml:7: airflow.token: Cannot use the value")
        .doesNotContain("hunter2");
  }

  @Test
  void everythingMissingIsToldAtOnce() {
    assertThat(refusal("spork: {}\n"))
        .contains(
            "5 problems",
            "brokers: This key is required",
            "registry: This key is required",
            "warehouse: This key is required",
            "checkpoints: This key is required",
            "spork: Unknown key. Did you mean 'spark'?");
  }

  @Test
  void whatSomebodyHasAddedStaysWhenServersHaveMoved() throws IOException {
    Path file = folder.resolve("environment.yaml");
    Environment before = environment("before:9092");
    EnvironmentFile.write(before, file);
    Files.writeString(
        file,
        Files.readString(file)
                .replace("spark: {}", "spark:\n  spark.ui.enabled: \"false\"\n  # slow disk\n")
            + "airflow:\n  url: http://airflow:8080\n  username: me\n  password: ${HOME}\n");

    EnvironmentFile.update(environment("after:9092"), file);

    assertThat(Files.readString(file)).contains("password: ${HOME}", "# slow disk");
    Environment after = EnvironmentFile.read(file);
    assertThat(after.brokers()).isEqualTo("after:9092");
    assertThat(after.spark()).containsEntry("spark.ui.enabled", "false");
    assertThat(after.airflow()).isPresent();
    assertThat(after.catalog()).isEqualTo(before.catalog());
  }

  private static Environment environment(String brokers) {
    return new Environment(
        brokers,
        URI.create("http://registry:8081"),
        URI.create("file:///lake/warehouse"),
        URI.create("file:///lake/checkpoints"),
        Map.of("type", "jdbc", "uri", "jdbc:sqlite:/lake/catalog.db"),
        Map.of(),
        Map.of());
  }

  @Test
  void s3HasOneName() {
    assertThat(
            refusal(
                MINIMAL
                    .replace("s3a://lake/warehouse", "s3://lake/warehouse")
                    .replace("s3a://lake/checkpoints", "s3n://lake/checkpoints")))
        .contains("warehouse: Cannot use a place by the name 's3:'", "Write s3a://lake/warehouse.")
        .contains("checkpoints: Cannot use a place by the name 's3n:'");
  }

  @Test
  void aCatalogOfFoldersIsForFileSystemsThatRename() throws IOException {
    String catalog = MINIMAL + "catalog: {type: hadoop}\n";

    assertThat(refusal(catalog))
        .contains("catalog: Cannot use a catalog of type hadoop on S3", "Use one of type rest");
    assertThat(read(catalog.replace("s3a://lake/warehouse", "/lake/warehouse"), Map.of()).catalog())
        .containsEntry("type", "hadoop");
  }
}
