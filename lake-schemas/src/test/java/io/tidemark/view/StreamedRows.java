package io.tidemark.view;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.streaming.Trigger;

/**
 * Runs a view as a stream, one micro-batch for each list of events, and keeps the last row of each
 * key.
 */
final class StreamedRows {
  private final Map<List<Object>, Row> rows = new LinkedHashMap<>();

  private final View view;

  private StreamedRows(View view) {
    this.view = view;
  }

  static List<Row> of(
      View view,
      SparkSession spark,
      Path folder,
      Map<String, Dataset<Row>> dimensions,
      InvoiceLines... batches)
      throws Exception {
    StreamedRows streamed = new StreamedRows(view);
    String source = folder.resolve("events").toString();
    for (int batch = 0; batch < batches.length; batch++) {
      batches[batch].dataset(spark).coalesce(1).write().mode("append").parquet(source);
      Dataset<Row> events = spark.readStream().schema(InvoiceLines.COLUMNS).parquet(source);
      view.stream(events, dimensions)
          .writeStream()
          .outputMode("update")
          .trigger(Trigger.AvailableNow())
          .option("checkpointLocation", folder.resolve("checkpoint").toString())
          .foreachBatch(streamed::keep)
          .start()
          .awaitTermination();
    }
    return List.copyOf(streamed.rows.values());
  }

  private void keep(Dataset<Row> batch, long id) {
    for (Row row : batch.collectAsList()) {
      List<Object> key =
          view.definition().key().stream().map(column -> row.<Object>getAs(column)).toList();
      rows.put(key, row);
    }
  }
}
