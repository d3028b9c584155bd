package io.tidemark.ops;

import static java.util.stream.Collectors.partitioningBy;

import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import io.tidemark.table.session.Lake;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * A table of what stands now, whose rows are a pipeline's each. It is created when something is
 * first said in it.
 */
final class MadeOnUse {
  private final Lake lake;
  private final TableDefinition definition;
  private LakeTable made;

  MadeOnUse(Lake lake, TableDefinition definition) {
    this.lake = lake;
    this.definition = definition;
  }

  /** As it is there, or created. */
  synchronized LakeTable make() {
    if (made == null) {
      made = lake.create(definition);
    }
    return made;
  }

  /**
   * Makes the rows of a pipeline what {@code change} makes of them, in one commit, and asks it
   * again if another writer was faster.
   *
   * @return false, and nothing is committed, if they stay
   */
  boolean rewrite(SparkSession spark, String pipeline, UnaryOperator<List<Row>> change) {
    return make()
        .rewriteLocally(
            spark,
            present -> {
              Map<Boolean, List<Row>> ours =
                  present.stream()
                      .collect(partitioningBy(row -> row.getAs("pipeline").equals(pipeline)));
              List<Row> after = new ArrayList<>(change.apply(ours.get(true)));
              boolean stays = new HashSet<>(after).equals(new HashSet<>(ours.get(true)));
              after.addAll(ours.get(false));
              return stays ? Optional.empty() : Optional.of(after);
            },
            pipeline);
  }

  /** Empty if nobody has said anything yet. */
  synchronized Optional<LakeTable> find() {
    return made == null ? lake.find(definition) : Optional.of(made);
  }
}
