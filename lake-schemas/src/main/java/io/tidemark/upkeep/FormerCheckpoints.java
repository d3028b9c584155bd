package io.tidemark.upkeep;

import io.tidemark.lake.Generations;
import io.tidemark.lake.PipelineTables;
import io.tidemark.lake.ViewStream;
import io.tidemark.pipeline.Environment;
import io.tidemark.table.UpkeepTask;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** Checkpoints that a view's stream left behind when it started over. */
final class FormerCheckpoints {
  private FormerCheckpoints() {}

  /**
   * The task for a view's table; empty for any other table.
   *
   * @param then only if the stream started over before this
   */
  static Optional<UpkeepTask> of(
      SparkSession spark,
      PipelineTables tables,
      Environment environment,
      MaintainedTable table,
      Instant then) {
    return tables.views().values().stream()
        .filter(view -> view.table().name().equals(table.name()))
        .findAny()
        .map(view -> ViewStream.of(spark, tables, environment, view).generations())
        .flatMap(generations -> task(generations, generations.former(then)));
  }

  private static Optional<UpkeepTask> task(Generations generations, List<Path> former) {
    return former.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new UpkeepTask(
                UpkeepTask.Kind.DELETE_CHECKPOINTS,
                Optional.empty(),
                "its stream has begun again since",
                () -> {
                  generations.delete(former);
                  return UpkeepTask.Result.of(former.size(), 0);
                }));
  }
}
