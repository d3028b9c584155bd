package io.tidemark.pipeline;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.spark.internal.config.ConfigEntry$;
import org.apache.spark.internal.config.Status$;
import org.apache.spark.internal.config.UI$;
import org.apache.spark.internal.config.package$;
import org.apache.spark.sql.execution.streaming.state.RocksDBConf;
import org.apache.spark.sql.execution.streaming.state.StateStoreConf;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.internal.StaticSQLConf$;
import org.junit.jupiter.api.Test;

/** Holds {@code conf/production.yaml} to what Tidemark, Kafka's clients and Spark know. */
class ProductionEnvironmentTest {
  private static final Path FILE = Path.of("../conf/production.yaml");
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(\\w+)}");

  /** Properties that Spark hands on to others, or whose names it makes up: it declares no entry. */
  private static final Set<String> HANDED_ON =
      Set.of(
          "spark.hadoop.",
          "spark.kafka.consumer.cache.",
          "spark.metrics.conf.",
          "spark.sql.streaming.stateStore.rocksdb.");

  /** Each variable is its own name. */
  private final Environment environment = EnvironmentFile.read(FILE, name -> name);

  @Test
  void everyKeyIsAcceptedAndSecretsAreVariables() {
    assertThat(environment.brokers().split(",")).hasSize(3);
    assertThat(environment.registry())
        .isEqualTo(URI.create("https://REGISTRY_USER:REGISTRY_PASSWORD@schemas.example.com"));
    assertThat(environment.warehouse()).hasScheme("s3a");
    assertThat(environment.checkpoints()).hasScheme("s3a");
    assertThat(environment.catalog())
        .containsEntry("type", "rest")
        .containsEntry("credential", "CATALOG_CREDENTIAL");
    assertThat(environment.kafka())
        .containsEntry("security.protocol", "SASL_SSL")
        .containsEntry("sasl.mechanism", "SCRAM-SHA-512")
        .containsEntry("sasl.jaas.config", "KAFKA_JAAS");
    assertThat(environment.airflow().orElseThrow().password()).contains("AIRFLOW_PASSWORD");
  }

  @Test
  void everyVariableIsToldAtTheTop() throws IOException {
    String text = Files.readString(FILE);
    String head = text.substring(0, text.indexOf("\n\n"));
    Set<String> variables =
        VARIABLE.matcher(text).results().map(found -> found.group(1)).collect(toSet());

    assertThat(variables).isNotEmpty().allSatisfy(name -> assertThat(head).contains(name));
  }

  @Test
  void kafkaKnowsEveryPropertyOfItsClients() {
    assertThat(ConsumerConfig.configNames()).containsAll(environment.kafka().keySet());
  }

  @Test
  void sparkKnowsEveryPropertyThatIsItsOwn() {
    Set<String> unknown = new TreeSet<>(environment.spark().keySet());
    unknown.removeIf(key -> HANDED_ON.stream().anyMatch(key::startsWith));
    assertThat(unknown).hasSizeGreaterThan(15);

    unknown.removeIf(ProductionEnvironmentTest::isKnown);

    assertThat(unknown).isEmpty();
  }

  @Test
  void theBoundsOfDynamicAllocationAreTight() {
    Map<String, String> spark = environment.spark();
    int least = Integer.parseInt(spark.get("spark.dynamicAllocation.minExecutors"));
    int most = Integer.parseInt(spark.get("spark.dynamicAllocation.maxExecutors"));

    assertThat(most).isBetween(least, 2 * least);
    assertThat(spark).containsEntry("spark.dynamicAllocation.initialExecutors", "" + least);
  }

  @Test
  void rocksDbKnowsItsProperties() {
    SQLConf settings = new SQLConf();
    environment.spark().forEach(settings::setConfString);

    RocksDBConf state =
        RocksDBConf.apply(
            new StateStoreConf(settings, scala.collection.immutable.Map$.MODULE$.empty()));

    assertThat(state.boundedMemoryUsage()).isTrue();
    assertThat(state.totalMemoryUsageMB()).isEqualTo(2048);
  }

  /** An entry is known once the object that declares it is made. */
  private static boolean isKnown(String key) {
    assertThat(List.of(package$.MODULE$, Status$.MODULE$, UI$.MODULE$)).isNotEmpty();
    assertThat(List.of(SQLConf.get(), StaticSQLConf$.MODULE$)).isNotEmpty();
    return ConfigEntry$.MODULE$.findEntry(key) != null;
  }
}
