package io.tidemark.local.replay;

import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.lake.LakeCluster;
import io.tidemark.output.FailureReason;
import io.tidemark.output.Progress;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.schema.SchemaRegistry;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Puts the records of a file onto a topic as events, in order of arrival: by the pipeline's
 * expression for it, or else in that of the file.
 *
 * @param input CSV or JSON lines
 * @param rate records a second; empty for as fast as it goes
 * @param lines how many of the file's records; empty for all
 * @param resume whether to leave out those that are on the topic already
 */
public record Replay(
    Path input,
    String topic,
    int partitions,
    Schema schema,
    ReplayMapping mapping,
    Trouble trouble,
    OptionalLong rate,
    OptionalLong lines,
    boolean resume) {
  /** Digits of a fingerprint that tell the files of a topic apart. */
  private static final int MARK = 8;

  /** One that sends all of it, and is not stopped. */
  public Replayed run(SparkSession spark, Environment environment, Consumer<Delivery> taken) {
    return run(spark, environment, taken, () -> false);
  }

  /**
   * Returns when the broker has taken everything, or what was sent until it was stopped.
   *
   * @param taken is told of each record that the broker took, on the producer's thread
   * @param stopped asked before each record
   * @throws IllegalArgumentException naming file and line, if a record cannot become an event;
   *     nothing is sent then
   * @throws IllegalStateException saying how much was sent, if it could not go on
   */
  public Replayed run(
      SparkSession spark,
      Environment environment,
      Consumer<Delivery> taken,
      BooleanSupplier stopped) {
    // Before a schema is registered for it, and a topic created.
    RecordFile file = new RecordFile(input, mapping.format());
    Dataset<Row> records = file.records(spark, lines);
    requireEnvelopeForTrouble();
    try (Progress progress = Progress.start("Replay to " + topic, -1, "records")) {
      return run(file, records, spark, environment, taken, stopped, progress);
    }
  }

  private Replayed run(
      RecordFile file,
      Dataset<Row> records,
      SparkSession spark,
      Environment environment,
      Consumer<Delivery> taken,
      BooleanSupplier stopped,
      Progress progress) {
    String fingerprint = file.fingerprint();
    long origin = Origin.file(fingerprint);
    Map<String, Object> clientSettings = environment.clientSettings();
    LakeCluster.of(environment, spark.sparkContext().hadoopConfiguration())
        .require(environment.brokers(), Topic.clusterId(clientSettings));
    int id = SchemaRegistry.at(environment.registry()).register(topic + "-value", schema);
    Topic.create(topic, partitions, clientSettings);
    int limit = limit(clientSettings);
    boolean isMarked;
    Set<Origin> there;
    try (EarlierRecords earlier = new EarlierRecords(topic, clientSettings)) {
      isMarked = mapping.countsLinesApart() && earlier.needMark(origin);
      there = resume ? earlier.of(origin) : Set.of();
    }
    Optional<String> mark =
        isMarked ? Optional.of(fingerprint.substring(0, MARK)) : Optional.empty();

    Dataset<Row> deliveries =
        records
            .transform(new RecordMapping(schema, mapping, mark)::map)
            .transform(new Deliveries(new RecordEncoding(schema, id), trouble, limit)::of);
    Sender sender = new Sender(topic, clientSettings, rate, origin, isMarked, there, limit, taken);
    try (sender) {
      Iterator<Row> rows = deliveries.toLocalIterator();
      while (!stopped.getAsBoolean() && rows.hasNext()) {
        Row row = rows.next();
        file.refuseProblem(row, "Nothing was sent.");
        sender.send(row);
        progress.to(sender.sent());
      }
      return sender.finish(!rows.hasNext());
    } catch (RuntimeException e) {
      // The sender is closed, and knows what became of each record.
      if (sender.taken() == 0) {
        throw e;
      }
      throw new IllegalStateException(
          "%s. The broker has taken %,d records. Go on with the same command and --resume: it leaves out what is on the topic."
              .formatted(FailureReason.of(e), sender.taken()),
          e);
    }
  }

  /** What the topic takes, unless the environment file has the producer send less. */
  private int limit(Map<String, Object> clientSettings) {
    int ofTopic = Topic.limit(topic, clientSettings);
    Object told = clientSettings.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    return told == null ? ofTopic : Math.min(ofTopic, Integer.parseInt(told.toString().strip()));
  }

  private void requireEnvelopeForTrouble() {
    if (!trouble.isNone() && !new RecordEncoding(schema, 0).hasEnvelope()) {
      throw new WrongUsageException(
          "Cannot add trouble to the replay of %s: it is chosen by event_id and event_time, which %s does not have. Leave out --duplicates, --delayed, --corrupt and --future."
              .formatted(input, schema.getFullName()));
    }
  }
}
