package io.tidemark.deadletters;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.count;
import static org.apache.spark.sql.functions.desc;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.min_by;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_date;

import io.tidemark.ops.Operations;
import io.tidemark.pipeline.Pipeline;
import io.tidemark.table.session.Lake;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The dead letters of a pipeline.
 *
 * @param rows of {@code ops.dead_letters}; empty if nothing has ever landed
 */
record DeadLetterRows(Optional<Dataset<Row>> rows) {

  /** Those that there are now; makes no table. */
  static DeadLetterRows of(SparkSession spark, Pipeline pipeline) {
    return new DeadLetterRows(
        Lake.of(spark)
            .find(Operations.DEAD_LETTERS.table(pipeline.operations()))
            .map(table -> table.read(spark).where(col("pipeline").equalTo(pipeline.name()))));
  }

  /** How many there still are by reason, topic, schema and the day that they landed on. */
  List<DeadLetterCount> counts(Column condition) {
    Column place = struct("landed_at", "topic", "partition", "offset");
    return rows
        .map(
            all ->
                all.where(condition.and(col("replayed_at").isNull()))
                    .groupBy(
                        col("reason"),
                        col("topic"),
                        col("schema_id"),
                        to_date(col("landed_at")).as("day"))
                    .agg(
                        count(lit(1)).as("records"),
                        min_by(struct("partition", "offset", "message"), place).as("first"))
                    .orderBy(
                        desc("records"), col("reason"), col("topic"), col("schema_id"), col("day"))
                    .collectAsList())
        .orElse(List.of())
        .stream()
        .map(DeadLetterCount::of)
        .toList();
  }

  /** Those that any of them came by. */
  Set<String> topics() {
    return rows
        .map(all -> all.select("topic").distinct().collectAsList())
        .orElse(List.of())
        .stream()
        .map(row -> row.getString(0))
        .collect(Collectors.toSet());
  }

  /** The record at an offset; several if the topic was made again, and has come by it twice. */
  List<DeadLetter> at(String topic, int partition, long offset) {
    return rows
        .map(
            all ->
                all.where(
                        col("topic")
                            .equalTo(topic)
                            .and(col("partition").equalTo(partition))
                            .and(col("offset").equalTo(offset)))
                    .orderBy("landed_at")
                    .collectAsList())
        .orElse(List.of())
        .stream()
        .map(DeadLetter::of)
        .toList();
  }
}
