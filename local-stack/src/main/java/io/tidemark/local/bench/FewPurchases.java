package io.tidemark.local.bench;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** A purchase for each partition of a topic, in every round. */
record FewPurchases(TopicWriter topic, DriverLoad load) {
  private static final StructType KAFKA =
      new StructType()
          .add("key", DataTypes.BinaryType)
          .add("value", DataTypes.BinaryType)
          .add("topic", DataTypes.StringType)
          .add("partition", DataTypes.IntegerType)
          .add("offset", DataTypes.LongType)
          .add("timestamp", DataTypes.TimestampType);

  /** Sends those of the first partitions. */
  void send(int round, int partitions) {
    for (int partition = 0; partition < partitions; partition++) {
      topic.send(partition, purchase(round, partition));
    }
    topic.flush();
  }

  /** The same as Spark's Kafka source gives them: the first of its partition's offsets each. */
  Dataset<Row> records(SparkSession spark, int round) {
    long offset = round * load.offsetsOfAPartition();
    List<Row> rows =
        IntStream.range(0, load.partitions())
            .mapToObj(
                partition ->
                    RowFactory.create(
                        null,
                        purchase(round, partition),
                        topic.name(),
                        partition,
                        offset,
                        java.sql.Timestamp.from(Instant.now())))
            .toList();
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return spark.createDataFrame(context.parallelize(rows, load.partitions()), KAFKA);
  }

  private byte[] purchase(int round, int partition) {
    GenericRecord purchase = new GenericData.Record(topic.schema());
    purchase.put("event_id", new UUID(round, partition).toString());
    purchase.put("event_time", Instant.now().truncatedTo(ChronoUnit.MILLIS).toEpochMilli());
    purchase.put("user_id", "u" + partition);
    purchase.put("product_id", "p" + partition % Products.COUNT);
    purchase.put("quantity", 1);
    purchase.put("unit_price_cents", 100L);
    purchase.put("country", "DE");
    return topic.encode(purchase);
  }
}
