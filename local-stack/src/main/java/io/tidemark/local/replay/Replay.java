package io.tidemark.local.replay;

import io.tidemark.cli.Progress;
import io.tidemark.cli.WrongUsageException;
import io.tidemark.file.RecordFile;
import io.tidemark.file.RecordMapping;
import io.tidemark.lake.LakeCluster;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.ReplayMapping;
import io.tidemark.schema.SchemaRegistry;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Puts the records of a file onto a topic as events, in order of arrival.
 *
 * @param input CSV or JSON lines
 * @param rate records a second; empty for as fast as it goes
 * @param lines how many of the file's records; empty for all
 */
public record Replay(
    Path input,
    String topic,
    int partitions,
    Schema schema,
    ReplayMapping mapping,
    Trouble trouble,
    OptionalLong rate,
    OptionalLong lines) {

  /**
   * Returns when the broker has taken everything.
   *
   * @param taken is told of each record that the broker took, on the producer's thread
   * @throws IllegalArgumentException naming file and line, if a record cannot become an event;
   *     nothing is sent then
   */
  public Replayed run(SparkSession spark, Environment environment, Consumer<Delivery> taken) {
    // Before a schema is registered for it, and a topic created.
    RecordFile file = new RecordFile(input);
    requireEnvelopeForTrouble();
    Map<String, Object> clientSettings = environment.clientSettings();
    LakeCluster.of(environment, spark.sparkContext().hadoopConfiguration())
        .require(environment.brokers(), Topic.clusterId(clientSettings));
    int id = SchemaRegistry.at(environment.registry()).register(topic + "-value", schema);
    Topic.create(topic, partitions, clientSettings);

    Dataset<Row> deliveries =
        file.records(spark, lines)
            .transform(new RecordMapping(schema, mapping)::map)
            .transform(new Deliveries(new RecordEncoding(schema, id), trouble)::of);
    try (Progress progress = Progress.start("Replay to " + topic, -1, "records");
        Sender sender = new Sender(topic, clientSettings, rate, taken)) {
      for (Iterator<Row> rows = deliveries.toLocalIterator(); rows.hasNext(); ) {
        Row row = rows.next();
        file.refuseProblem(spark, row, "Nothing was sent.");
        sender.send(row);
        progress.to(sender.sent());
      }
      return sender.finish();
    }
  }

  private void requireEnvelopeForTrouble() {
    if (!trouble.isNone() && !new RecordEncoding(schema, 0).hasEnvelope()) {
      throw new WrongUsageException(
          "Cannot add trouble to the replay of %s: it is chosen by event_id and event_time, which %s does not have. Leave out --duplicates, --delayed, --corrupt and --future."
              .formatted(input, schema.getFullName()));
    }
  }
}
