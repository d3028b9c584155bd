package io.tidemark.local;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;

/** The main class of the broker's process: formats its folder the first time, then is Kafka. */
final class BrokerServer {
  private BrokerServer() {}

  /**
   * @param args the file of Kafka's properties
   */
  public static void main(String[] args) throws IOException {
    Properties properties = new Properties();
    try (InputStream file = Files.newInputStream(Path.of(args[0]))) {
      properties.load(file);
    }
    Path data = Path.of(properties.getProperty("log.dirs"));
    if (!Files.exists(data.resolve("meta.properties"))) {
      String cluster = Uuid.randomUuid().toString();
      StorageTool.execute(
          new String[] {"format", "--config", args[0], "--cluster-id", cluster}, System.out);
    }
    Kafka.main(args);
  }
}
