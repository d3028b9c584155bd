package io.tidemark.maintain;

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

/** Checkpoints of a view's stream that has begun again since. */
final class FormerCheckpoints {
  private FormerCheckpoints() {}

  /**
   * What there is to do for a view's table; empty for any other.
   *
   * @param then before which the stream has begun again
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
