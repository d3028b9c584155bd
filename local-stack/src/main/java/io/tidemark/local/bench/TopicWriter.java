package io.tidemark.local.bench;

import io.tidemark.local.replay.Topic;
import io.tidemark.pipeline.Environment;
import io.tidemark.schema.EventColumns;
import io.tidemark.schema.SchemaRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** A new topic that is filled with Avro records in Confluent's wire format. */
final class TopicWriter implements AutoCloseable {
  private static final int HEADER = 5;

  private final String name;
  private final Schema schema;
  private final byte[] header;
  private final GenericDatumWriter<GenericRecord> writer;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
  private final KafkaProducer<String, byte[]> producer;
  private BinaryEncoder encoder;
  private volatile Exception failure;

  private TopicWriter(String name, Schema schema, int id, KafkaProducer<String, byte[]> producer) {
    this.name = name;
    this.schema = schema;
    this.header = ByteBuffer.allocate(HEADER).put((byte) 0).putInt(id).array();
    this.writer = new GenericDatumWriter<>(schema);
    this.producer = producer;
  }

  static TopicWriter create(Environment environment, String name, int partitions, Path schemaFile) {
    Schema schema = EventColumns.reader(schemaFile);
    int id = SchemaRegistry.at(environment.registry()).register(name + "-value", schema);
    Topic.create(name, partitions, environment.clientSettings());
    Map<String, Object> properties =
        Map.of(
            "bootstrap.servers", environment.brokers(),
            "linger.ms", "20",
            "batch.size", "262144",
            "compression.type", "lz4");
    return new TopicWriter(
        name,
        schema,
        id,
        new KafkaProducer<>(properties, new StringSerializer(), new ByteArraySerializer()));
  }

  String name() {
    return name;
  }

  Schema schema() {
    return schema;
  }

  byte[] encode(GenericRecord record) {
    bytes.reset();
    bytes.writeBytes(header);
    encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
    try {
      writer.write(record, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot encode a record for topic " + name, e);
    }
    return bytes.toByteArray();
  }

  void send(String key, byte[] value) {
    producer.send(new ProducerRecord<>(name, key, value), this::note);
  }

  void send(int partition, byte[] value) {
    producer.send(new ProducerRecord<>(name, partition, null, value), this::note);
  }

  private void note(RecordMetadata sent, Exception why) {
    if (why != null) {
      failure = why;
    }
  }

  /**
   * Returns when the broker has all that was sent.
   *
   * @throws IllegalStateException if it has not taken a record
   */
  void flush() {
    producer.flush();
    requireSent();
  }

  /**
   * Returns when the broker has everything.
   *
   * @throws IllegalStateException if it has not taken a record
   */
  @Override
  public void close() {
    producer.close();
    requireSent();
  }

  private void requireSent() {
    if (failure != null) {
      throw new IllegalStateException(
          "Cannot fill topic %s: the broker has not taken a record: %s"
              .formatted(name, failure.getMessage()),
          failure);
    }
  }
}
