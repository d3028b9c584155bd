package io.tidemark.table.delta;

import static org.apache.spark.sql.functions.col;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.delta.DeltaOperations;
import org.apache.spark.sql.delta.actions.Action;

/**
 * Erases rows of a Delta table by their key. The condition, which may name a person, is not written
 * to the log.
 *
 * @param commit that does
 */
record DeltaErasure(DeltaFileRewrite rewrite, DeltaCommit commit) {
  void run() {
    Set<String> files = rewrite.files();
    Column[] columns =
        Arrays.stream(rewrite.from().schema().fieldNames())
            .map(name -> col("present.`" + name + "`"))
            .toArray(Column[]::new);
    List<Action> marks = List.of(commit.mark(), commit.erasureMark(rewrite.from()));
    rewrite.commit(
        files,
        rewrite.joined(files, "left_anti").select(columns),
        marks,
        DeltaOperations.ManualUpdate$.MODULE$);
  }
}
