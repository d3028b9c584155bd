package io.tidemark.reconcile;

import static org.apache.spark.sql.functions.col;

import io.tidemark.schema.EventColumns;
import io.tidemark.status.Comparison;
import io.tidemark.status.DateRun;
import io.tidemark.table.Commit;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableMovedException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Replaces the divergent dates of a view by their recomputation. */
final class Repair {
  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);

  private Repair() {}

  /**
   * One atomic commit per contiguous run of divergent dates.
   *
   * @return whether all were replaced; runs of dates that another writer changed since the
   *     comparison are left as they are
   */
  static boolean of(LakeTable table, Dataset<Row> truth, Comparison compared) {
    boolean complete = true;
    for (DateRun run : DateRun.of(compared.divergentDates())) {
      complete &= replace(table, truth, run, compared.tableVersion());
    }
    return complete;
  }

  private static boolean replace(
      LakeTable table, Dataset<Row> truth, DateRun run, long comparedVersion) {
    String query = "repair." + table.name();
    Commit commit = new Commit(query, table.lastBatch(query).orElse(-1) + 1);
    try {
      boolean replaced =
          table.replaceDates(
              truth.where(run.holds(col(EventColumns.DATE))),
              run.from(),
              run.to(),
              comparedVersion,
              commit);
      LOG.info("{} of {}: {}", replaced ? "Repaired" : "Overtaken at", table.name(), run);
      return replaced;
    } catch (TableMovedException moved) {
      LOG.warn("{} moved while {} was compared: {}", table.name(), run, moved.getMessage());
      return false;
    }
  }
}
