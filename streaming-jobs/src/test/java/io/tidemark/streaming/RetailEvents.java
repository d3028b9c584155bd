package io.tidemark.streaming;

import static org.apache.spark.sql.functions.expr;

import io.tidemark.lake.PipelineTables;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.pipeline.PipelineFile;
import io.tidemark.schema.EventColumns;
import io.tidemark.table.Commit;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Seeded invoice lines, written to the events table as landing would, one landing batch after the
 * other.
 */
final class RetailEvents {
  static final Pipeline RETAIL = PipelineFile.read(Path.of("..", "conf", "retail"));
  private static final int DELIVERIES = 40;

  private final SparkSession spark;
  private final PipelineTables tables;
  private final long seed;
  private long batch;

  RetailEvents(SparkSession spark, PipelineTables tables, long seed) {
    this.spark = spark;
    this.tables = tables;
    this.seed = seed;
  }

  /**
   * Lands one more batch: an hour later than the one before, some lines up to nine hours late, one
   * in ten delivered before.
   */
  void land() {
    Dataset<Row> numbered =
        spark
            .range(batch * DELIVERIES, (batch + 1) * DELIVERIES)
            .selectExpr("id", "if(pmod(hash(id, %d), 10) = 0, id - 25, id) AS line".formatted(seed))
            .where("line >= 0");
    List<Column> columns =
        Arrays.stream(tables.events().get("events").definition().columns().fields())
            .map(field -> expr(value(field.name())).cast(field.dataType()).as(field.name()))
            .toList();
    tables
        .events()
        .get("events")
        .append(
            numbered.select(columns.toArray(Column[]::new)),
            new Commit("retail.land.events", batch));
    batch++;
  }

  private String value(String column) {
    String time =
        "timestamp_seconds(1299218400 + (line div %d) * 3600 - if(pmod(hash(line, 1, %d), 3) = 0, pmod(hash(line, 2, %d), 32400), 0))"
            .formatted(DELIVERIES, seed, seed);
    return switch (column) {
      case "event_id" -> "concat('e', line)";
      case "event_type" -> "'invoice_line'";
      case "event_version", "line_no", "_schema_id" -> "1";
      case "event_time" -> time;
      case "invoice_no" -> "concat('i', line)";
      case "stock_code" -> "concat('p', pmod(line, 7))";
      case "quantity" -> "pmod(hash(line, 3), 9) - 2";
      case "unit_price" -> "pmod(hash(line, 4), 5000) / 1000BD";
      case "country" -> "if(pmod(line, 3) = 0, 'France', 'United \"K\"')";
      case "cancelled" -> "pmod(line, 11) = 0";
      case "_topic" -> "'purchases'";
      case EventColumns.PARTITION -> "0";
      case "_offset" -> "id";
      case "_timestamp" -> "timestamp_seconds(1299218400)";
      case "_landed_batch" -> Long.toString(batch);
      case "date" -> "to_date(" + time + ")";
      default -> "NULL";
    };
  }
}
