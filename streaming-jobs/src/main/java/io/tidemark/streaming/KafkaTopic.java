package io.tidemark.streaming;

import io.tidemark.landing.PlannedSpan;
import io.tidemark.landing.TopicPartition;
import io.tidemark.pipeline.Environment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A topic as a stream of records, in the columns that Spark's Kafka source gives them. */
record KafkaTopic(String name, Environment environment, Optional<Long> maxRecordsPerBatch) {

  /**
   * Larger fetches than Kafka's defaults, which are for many small readers. After every poll Spark
   * asks for the first and the last offset there is. That discards what was fetched and not polled,
   * so one poll takes all of a fetch; and at the end of the topic it waits behind the fetch of what
   * comes next, half a second by default.
   */
  private static final Map<String, String> FETCHING =
      Map.of(
          "kafka.max.poll.records", "200000",
          "kafka.max.partition.fetch.bytes", "8388608",
          "kafka.fetch.max.bytes", "67108864",
          "kafka.fetch.max.wait.ms", "10",
          "kafka.receive.buffer.bytes", "1048576");

  /**
   * For how long an executor keeps records that it has fetched and no task has asked for. If the
   * partition's next batch is read by another executor, as happens while a backlog is landed,
   * nobody ever does. Spark's default is five minutes, in which the leftovers of many batches fill
   * the memory.
   */
  private static final Map<String, String> KEEPING =
      Map.of(
          "spark.kafka.consumer.fetchedData.cache.timeout", "10s",
          "spark.kafka.consumer.fetchedData.cache.evictorThreadRunInterval", "5s");

  /** Milliseconds: long enough for a broker that is there. */
  private static final int PATIENCE = 5000;

  /**
   * What a Spark that reads topics is started with.
   *
   * @param submitted wins
   */
  static Map<String, String> settings(SparkConf submitted) {
    Map<String, String> settings = new HashMap<>(KEEPING);
    settings.keySet().removeIf(submitted::contains);
    return settings;
  }

  /**
   * @param pastGone whether to begin behind offsets that are gone; else a query fails at once that
   *     wants any
   */
  Dataset<Row> stream(SparkSession spark, boolean pastGone) {
    Map<String, String> options = new HashMap<>(FETCHING);
    environment.kafka().forEach((name, value) -> options.put("kafka." + name, value));
    options.put("kafka.isolation.level", environment.isolationLevel());
    options.put("kafka.bootstrap.servers", environment.brokers());
    options.put("subscribe", name);
    options.put("startingOffsets", "earliest");
    // Dead letters keep them.
    options.put("includeHeaders", "true");
    options.put("failOnDataLoss", Boolean.toString(!pastGone));
    maxRecordsPerBatch.ifPresent(max -> options.put("maxOffsetsPerTrigger", max.toString()));
    return spark.readStream().format("kafka").options(options).load();
  }

  /**
   * What tells the topic from any other of its name, on this cluster or another; empty if the
   * brokers do not say.
   *
   * @throws IllegalStateException if the topic is not there, or no broker answers
   */
  Optional<String> id() {
    Uuid id = ask(admin -> description(admin).topicId());
    return id.equals(Uuid.ZERO_UUID) ? Optional.empty() : Optional.of(id.toString());
  }

  /** The same; empty, too, if the brokers have no topic of the name. */
  Optional<String> idIfPresent() {
    return ask(admin -> admin.listTopics().names().get()).contains(name) ? id() : Optional.empty();
  }

  /** Another topic of the same brokers. */
  KafkaTopic named(String other) {
    return new KafkaTopic(other, environment, maxRecordsPerBatch);
  }

  /**
   * The offsets that each partition has now.
   *
   * @throws IllegalStateException as above
   */
  Map<TopicPartition, PlannedSpan> extents() {
    return ask(
        admin -> {
          Map<org.apache.kafka.common.TopicPartition, OffsetSpec> first = new HashMap<>();
          Map<org.apache.kafka.common.TopicPartition, OffsetSpec> end = new HashMap<>();
          for (TopicPartitionInfo partition : description(admin).partitions()) {
            var place = new org.apache.kafka.common.TopicPartition(name, partition.partition());
            first.put(place, OffsetSpec.earliest());
            end.put(place, OffsetSpec.latest());
          }
          // The end first: a partition that grows in between does not seem to begin behind it.
          var ends = admin.listOffsets(end).all().get();
          var firsts = admin.listOffsets(first).all().get();
          Map<TopicPartition, PlannedSpan> extents = new HashMap<>();
          firsts.forEach(
              (place, offset) -> {
                TopicPartition here = new TopicPartition(name, place.partition());
                extents.put(here, new PlannedSpan(here, offset.offset(), ends.get(place).offset()));
              });
          return extents;
        });
  }

  /**
   * The id of the cluster that answers.
   *
   * @throws IllegalStateException as above
   */
  String clusterId() {
    return ask(admin -> admin.describeCluster().clusterId().get());
  }

  /**
   * Why no broker answers, in words; empty if one does. Asks for seconds only, where Kafka's
   * clients try for a minute.
   */
  static Optional<String> unreachable(Environment environment) {
    Map<String, Object> settings = environment.clientSettings();
    settings.put("default.api.timeout.ms", PATIENCE);
    settings.put("request.timeout.ms", PATIENCE);
    try (Admin admin = Admin.create(settings)) {
      admin.describeCluster().clusterId().get();
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(unreachable(environment, "interrupted"));
    } catch (ExecutionException | KafkaException e) {
      Throwable reason = e.getCause() == null ? e : e.getCause();
      return Optional.of(
          unreachable(
              environment,
              reason instanceof TimeoutException
                  ? "no broker has answered within %d s".formatted(PATIENCE / 1000)
                  : reason.getMessage()));
    }
  }

  private TopicDescription description(Admin admin)
      throws ExecutionException, InterruptedException {
    return admin.describeTopics(Set.of(name)).allTopicNames().get().get(name);
  }

  private interface Question<T> {
    T ask(Admin admin) throws ExecutionException, InterruptedException;
  }

  private <T> T ask(Question<T> question) {
    try (Admin admin = Admin.create(environment.clientSettings())) {
      return question.ask(admin);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot look for topic '%s': interrupted".formatted(name), e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        throw new IllegalStateException(
            "Cannot read topic '%s': it does not exist on %s. Create it, with retention.ms=-1 if its records are old, or correct the pipeline file."
                .formatted(name, environment.brokers()),
            e);
      }
      throw unreachable(e);
    } catch (KafkaException e) {
      throw unreachable(e);
    }
  }

  private IllegalStateException unreachable(Exception failure) {
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return new IllegalStateException(unreachable(environment, cause.getMessage()), failure);
  }

  private static String unreachable(Environment environment, String why) {
    return "Cannot reach Kafka at %s: %s. Start it ('./tidemark up' for a local lake), or correct 'brokers' in the environment file."
        .formatted(environment.brokers(), why.replaceFirst("\\.$", ""));
  }
}
