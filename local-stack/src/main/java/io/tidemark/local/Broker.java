package io.tidemark.local;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.common.KafkaException;

/** A Kafka broker that is its own controller, with its data under the lake's folder. */
final class Broker {
  static final String NAME = "broker";
  static final int USUAL_PORT = 19092;

  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-Xms128m",
          "-Xmx640m",
          "-XX:+UseSerialGC",
          // It mostly hands on bytes, and lives for minutes.
          "-XX:TieredStopAtLevel=1",
          "-XX:ReservedCodeCacheSize=128m",
          "-Dlog4j2.configurationFile=classpath:log4j2-broker.xml",
          "-Duser.timezone=UTC");

  private Broker() {}

  /** Starts it on that port if it is free, or else on another, and returns when it answers. */
  static Server start(Path lake, int preferredPort, ServerProcess.Life life) {
    return Server.start(
        attempt ->
            startOn(attempt == 0 ? Ports.preferring(preferredPort) : Ports.free(), lake, life),
        address -> answers(address, lake));
  }

  /** Whether the broker of that lake answers there, and not another that took the port. */
  static boolean answers(String address, Path lake) {
    return clusterId(lake)
        .filter(id -> answering(address).filter(id::equals).isPresent())
        .isPresent();
  }

  /** The id that the lake's broker has had since its data folder was new. */
  static Optional<String> clusterId(Path lake) {
    Path file = data(lake).resolve("meta.properties");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(file)) {
      properties.load(in);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
    return Optional.ofNullable(properties.getProperty("cluster.id"));
  }

  private static Path data(Path lake) {
    return lake.resolve("kafka").resolve("data");
  }

  /** The id of the cluster that answers, if one does. */
  private static Optional<String> answering(String address) {
    Map<String, Object> settings =
        Map.of(
            AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, address,
            AdminClientConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, 100,
            AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 2_000,
            AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 2_000);
    try (Admin admin = Admin.create(settings)) {
      return Optional.of(admin.describeCluster().clusterId().get());
    } catch (ExecutionException | KafkaException notYet) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for the broker any longer: interrupted", e);
    }
  }

  private static Server startOn(int port, Path lake, ServerProcess.Life life) {
    ServerCommand command =
        new ServerCommand(
            NAME,
            Path.of(System.getProperty("java.home")),
            JAVA_OPTIONS,
            System.getProperty("java.class.path"),
            BrokerServer.class.getName(),
            List.of(properties(port, lake.resolve("kafka")).toString()));
    return new Server(ServerProcess.start(command, lake, life), "127.0.0.1:" + port);
  }

  private static Path properties(int port, Path folder) {
    Path file = folder.resolve("server.properties");
    try {
      Files.createDirectories(folder);
      // As bytes: Java reads such a file in Latin-1, and so writes it.
      try (OutputStream out = Files.newOutputStream(file)) {
        BrokerProperties.of(port, Ports.free(), folder).store(out, null);
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the broker's properties into " + folder, e);
    }
  }
}
