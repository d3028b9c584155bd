package io.tidemark.ops;

import static java.util.stream.Collectors.toMap;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.greatest;
import static org.apache.spark.sql.functions.least;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.max_by;
import static org.apache.spark.sql.functions.sequence;
import static org.apache.spark.sql.functions.struct;

import io.tidemark.table.LakeTable;
import java.sql.Timestamp;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;

/**
 * {@code ops.refreshes}: which landing batches each refresh of a view read, and what it dropped.
 */
public final class Refreshes {
  private final LakeTable table;

  Refreshes(LakeTable table) {
    this.table = table;
  }

  /**
   * @return false, and nothing changes, if the batch is there already
   */
  public boolean append(
      SparkSession spark, String pipeline, String view, RefreshedBatch refreshed) {
    Row row =
        RowFactory.create(
            pipeline,
            view,
            refreshed.checkpoint(),
            refreshed.batch(),
            LocalRows.cell(refreshed.landedFrom()),
            LocalRows.cell(refreshed.landedThrough()),
            refreshed.lateAt().map(Timestamp::from).orElse(null),
            Timestamp.from(refreshed.watermark()),
            refreshed.rows(),
            refreshed.sealedRows(),
            Timestamp.from(refreshed.refreshedAt()));
    return table.append(
        LocalRows.of(spark, List.of(row), Operations.REFRESHES), refreshed.commit(pipeline, view));
  }

  /** The last batch of each view's refresh, by view; one that never ran is absent. */
  public Map<String, RefreshedBatch> last(SparkSession spark, String pipeline) {
    return table
        .read(spark)
        .where(col("pipeline").equalTo(pipeline))
        .groupBy("view")
        .agg(max_by(struct("*"), struct("refreshed_at", "batch")).as("last"))
        .select("last.*")
        .collectAsList()
        .stream()
        .collect(toMap(row -> row.getAs("view"), Refreshes::refreshed));
  }

  /**
   * What the view's refresh dropped of some landing batches, from one to another: {@code
   * landed_batch, late_at}, one row per landing batch that it read. If several checkpoints read it,
   * the last reading counts: it overwrote the others' rows. Null means that nothing was dropped.
   */
  public Dataset<Row> lateAt(
      SparkSession spark, String pipeline, String view, long from, long through) {
    return table
        .read(spark)
        .where(col("pipeline").equalTo(pipeline).and(col("view").equalTo(view)))
        .where(col("landed_from").leq(through).and(col("landed_through").geq(from)))
        .select(
            explode(
                    sequence(
                        greatest(col("landed_from"), lit(from)),
                        least(col("landed_through"), lit(through))))
                .as("landed_batch"),
            col("late_at"),
            struct(col("refreshed_at"), col("batch")).as("read"))
        .groupBy("landed_batch")
        .agg(max_by(col("late_at"), col("read")).as("late_at"));
  }

  private static RefreshedBatch refreshed(Row row) {
    return new RefreshedBatch(
        row.getAs("checkpoint"),
        row.<Long>getAs("batch"),
        LocalRows.number(row.getAs("landed_from")),
        LocalRows.number(row.getAs("landed_through")),
        Optional.ofNullable(row.<Timestamp>getAs("late_at")).map(Timestamp::toInstant),
        row.<Timestamp>getAs("watermark").toInstant(),
        row.<Long>getAs("rows"),
        row.<Long>getAs("sealed_rows"),
        row.<Timestamp>getAs("refreshed_at").toInstant());
  }
}
