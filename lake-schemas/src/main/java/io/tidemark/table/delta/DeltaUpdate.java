package io.tidemark.table.delta;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.when;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.delta.DeltaOperations;
import scala.Option;

/** Sets columns of rows of a Delta table by their key. */
record DeltaUpdate(DeltaFileRewrite rewrite) {
  void run() {
    Set<String> files = rewrite.files();
    if (!files.isEmpty()) {
      rewrite.commit(
          files,
          rewrite.joined(files, "left_outer").select(columns()),
          List.of(),
          new DeltaOperations.Update(Option.empty()));
    }
  }

  private Column[] columns() {
    List<String> set = new ArrayList<>(List.of(rewrite.values().columns()));
    set.removeAll(rewrite.key());
    Column isSet = col("value.`" + rewrite.key().get(0) + "`").isNotNull();
    return Arrays.stream(rewrite.from().schema().fieldNames())
        .map(
            name ->
                (set.contains(name)
                        ? when(isSet, col("value.`" + name + "`"))
                            .otherwise(col("present.`" + name + "`"))
                        : col("present.`" + name + "`"))
                    .as(name))
        .toArray(Column[]::new);
  }
}
