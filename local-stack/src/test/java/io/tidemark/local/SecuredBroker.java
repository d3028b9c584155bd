package io.tidemark.local;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;

/**
 * A broker that speaks TLS only, and lets in who knows the password of user {@code tidemark}.
 *
 * @param folder of its data, its log and its password
 */
record SecuredBroker(Path folder, TestCertificate certificate, String password) {
  private static final String MODULE = "org.apache.kafka.common.security.scram.ScramLoginModule";
  private static final String MECHANISM = "SCRAM-SHA-512";

  Server start() {
    return Server.start(attempt -> startOn(Ports.free()), this::answers);
  }

  /** What a client needs, with the address. */
  Map<String, Object> client(String address) throws IOException {
    return Map.of(
        "bootstrap.servers",
        address,
        "security.protocol",
        "SASL_SSL",
        "sasl.mechanism",
        MECHANISM,
        "sasl.jaas.config",
        jaas(password),
        "ssl.truststore.type",
        "PEM",
        "ssl.truststore.certificates",
        Files.readString(certificate.pem()),
        "default.api.timeout.ms",
        2_000,
        "request.timeout.ms",
        2_000);
  }

  static String jaas(String password) {
    return "%s required username=\"tidemark\" password=\"%s\";".formatted(MODULE, password);
  }

  private boolean answers(String address) {
    try (Admin admin = Admin.create(client(address))) {
      return !admin.describeCluster().nodes().get().isEmpty();
    } catch (ExecutionException | KafkaException | IOException notYet) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for the broker any longer: interrupted", e);
    }
  }

  private Server startOn(int port) {
    try {
      Path file = properties(port);
      if (!Files.exists(folder.resolve("data/meta.properties"))) {
        StorageTool.execute(
            new String[] {
              "format",
              "--config",
              file.toString(),
              "--cluster-id",
              Uuid.randomUuid().toString(),
              "--add-scram",
              "%s=[name=tidemark,password=%s]".formatted(MECHANISM, password)
            },
            new PrintStream(OutputStream.nullOutputStream()));
      }
      ServerCommand command =
          new ServerCommand(
              Broker.NAME,
              Path.of(System.getProperty("java.home")),
              List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
              System.getProperty("java.class.path"),
              BrokerServer.class.getName(),
              List.of(file.toString()));
      return new Server(
          ServerProcess.start(command, folder, ServerProcess.Life.TETHERED), "127.0.0.1:" + port);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path properties(int port) throws IOException {
    Properties properties = BrokerProperties.of(port, Ports.free(), folder);
    String listener = "SASL_SSL://127.0.0.1:" + port;
    properties.setProperty(
        "listeners", properties.getProperty("listeners").replaceFirst("PLAINTEXT:[^,]+", listener));
    properties.setProperty("advertised.listeners", listener);
    properties.setProperty(
        "listener.security.protocol.map", "SASL_SSL:SASL_SSL,CONTROLLER:PLAINTEXT");
    properties.setProperty("inter.broker.listener.name", "SASL_SSL");
    properties.setProperty("sasl.enabled.mechanisms", MECHANISM);
    properties.setProperty("sasl.mechanism.inter.broker.protocol", MECHANISM);
    properties.setProperty("listener.name.sasl_ssl.scram-sha-512.sasl.jaas.config", jaas(password));
    properties.setProperty("ssl.keystore.type", "PKCS12");
    properties.setProperty("ssl.keystore.location", certificate.keys().toString());
    properties.setProperty("ssl.keystore.password", TestCertificate.PASSWORD);
    properties.setProperty("ssl.key.password", TestCertificate.PASSWORD);
    properties.setProperty("ssl.truststore.type", "PKCS12");
    properties.setProperty("ssl.truststore.location", certificate.trust().toString());
    properties.setProperty("ssl.truststore.password", TestCertificate.PASSWORD);
    Path file = Files.createDirectories(folder).resolve("server.properties");
    try (OutputStream out = Files.newOutputStream(file)) {
      properties.store(out, null);
    }
    return file;
  }
}
