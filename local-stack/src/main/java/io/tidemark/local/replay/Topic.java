package io.tidemark.local.replay;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.TopicExistsException;

/** The topics that files are replayed onto. */
public final class Topic {
  private static final int UNKNOWN_LIMIT = 1024 * 1024;

  private Topic() {}

  /** The id of the cluster that it is to be on. */
  static String clusterId(Map<String, Object> clientSettings) {
    try (Admin admin = Admin.create(clientSettings)) {
      return admin.describeCluster().clusterId().get();
    } catch (ExecutionException | KafkaException e) {
      throw unreachable(clientSettings, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot ask for the cluster: interrupted", e);
    }
  }

  /**
   * Creates it unless it is there. It keeps records for good: those of a replay are as old as their
   * events, past any retention.
   */
  public static void create(String name, int partitions, Map<String, Object> clientSettings) {
    NewTopic topic =
        new NewTopic(name, Optional.of(partitions), Optional.empty())
            .configs(Map.of(TopicConfig.RETENTION_MS_CONFIG, "-1"));
    try (Admin admin = Admin.create(clientSettings)) {
      admin.createTopics(List.of(topic)).all().get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw new IllegalStateException(
            "Cannot create topic '%s': %s".formatted(name, e.getCause().getMessage()), e);
      }
    } catch (KafkaException e) {
      throw unreachable(clientSettings, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot create topic '%s': interrupted".formatted(name), e);
    }
  }

  private static IllegalStateException unreachable(
      Map<String, Object> clientSettings, Exception failure) {
    return new IllegalStateException(
        "Cannot reach Kafka at %s: %s. Check that it runs and that the environment file names it."
            .formatted(
                clientSettings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG),
                failure.getCause() == null
                    ? failure.getMessage()
                    : failure.getCause().getMessage()),
        failure);
  }

  /**
   * How many bytes a record may have, before it is compressed. A broker that does not tell has
   * Kafka's default.
   */
  static int limit(String name, Map<String, Object> clientSettings) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    try (Admin admin = Admin.create(clientSettings)) {
      String limit =
          admin
              .describeConfigs(List.of(topic))
              .all()
              .get()
              .get(topic)
              .get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG)
              .value();
      return Integer.parseInt(limit);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AuthorizationException) {
        return UNKNOWN_LIMIT;
      }
      throw new IllegalStateException(
          "Cannot tell how large a record of topic '%s' may be: %s"
              .formatted(name, e.getCause().getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(
          "Cannot tell how large a record of topic '%s' may be: interrupted".formatted(name), e);
    }
  }
}
