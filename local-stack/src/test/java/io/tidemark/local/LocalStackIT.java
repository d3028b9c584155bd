package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.tidemark.pipeline.Environment;
import io.tidemark.schema.SchemaRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalStackIT {
  @TempDir Path lake;

  @AfterEach
  void stop() {
    LocalStack.stop(lake);
  }

  @Test
  void topicsAndSchemasOutliveARestartOnOtherPorts() throws Exception {
    assumeThat(Registry.javaHome()).isPresent();
    int first;
    int second;
    try (LocalStack stack = start(RegistryChoice.AUTO)) {
      assertThat(stack.registry()).startsWith("Apicurio at http://127.0.0.1:");
      create("purchases", stack.environment());
      SchemaRegistry registry = SchemaRegistry.at(stack.environment().registry());
      first = registry.register("purchases-value", schema("first"));
      second = registry.register("purchases-value", schema("first", "second"));
    }
    assertThat(LocalStack.running(lake)).isEmpty();
    try (LocalStack stack = start(RegistryChoice.AUTO)) {
      assertThat(topics(stack.environment())).containsExactly("purchases");
      SchemaRegistry registry = SchemaRegistry.at(stack.environment().registry());
      assertThat(registry.byId(first)).contains(schema("first"));
      assertThat(registry.byId(second)).contains(schema("first", "second"));
      assertThat(registry.register("purchases-value", schema("first", "second"))).isEqualTo(second);
    }
  }

  @Test
  void aLakeThatBeganWithAFolderOfSchemasKeepsIt() {
    try (LocalStack stack = start(RegistryChoice.FOLDER)) {
      SchemaRegistry.at(stack.environment().registry())
          .register("purchases-value", schema("first"));
    }
    try (LocalStack stack = start(RegistryChoice.AUTO)) {
      assertThat(stack.registry()).isEqualTo("folder " + lake.resolve("registry"));
    }
    assertThatThrownBy(() -> start(RegistryChoice.SERVER))
        .hasMessageStartingWith("Cannot use a server registry");
  }

  @Test
  void aTetheredServerEndsWithTheProcessThatStartedIt() throws IOException {
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                TetheredParent.class.getName(),
                lake.toString())
            .redirectErrorStream(true)
            .redirectOutput(lake.resolve("parent.log").toFile())
            .start();
    await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> LocalStack.running(lake).size() == 1 && isUp(lake.resolve("parent.log")));
    ServerProcess broker = LocalStack.running(lake).get(0);
    parent.destroyForcibly();
    assertThat(broker.endsWithin(Duration.ofSeconds(60))).isTrue();
  }

  private static boolean isUp(Path output) throws IOException {
    return java.nio.file.Files.readString(output, StandardCharsets.UTF_8).contains("up");
  }

  private LocalStack start(RegistryChoice choice) {
    return LocalStack.tethered(lake, choice);
  }

  private static Schema schema(String... fields) {
    var record = SchemaBuilder.record("Line").fields();
    for (String field : fields) {
      record.optionalString(field);
    }
    return record.endRecord();
  }

  private static void create(String topic, Environment environment)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin(environment)) {
      admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
    }
  }

  private static Iterable<String> topics(Environment environment)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin(environment)) {
      return admin.listTopics().names().get();
    }
  }

  private static Admin admin(Environment environment) {
    return Admin.create(Map.of("bootstrap.servers", environment.brokers()));
  }

  /** Starts a broker and is killed. */
  static final class TetheredParent {
    public static void main(String[] args) throws InterruptedException {
      Broker.start(Path.of(args[0]), 0, ServerProcess.Life.TETHERED);
      System.out.println("up");
      new java.util.concurrent.CountDownLatch(1).await();
    }
  }
}
