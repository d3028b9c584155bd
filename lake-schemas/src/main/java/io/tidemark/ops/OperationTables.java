package io.tidemark.ops;

import io.tidemark.table.LakeTable;
import io.tidemark.table.TableFormat;
import io.tidemark.table.session.Lake;
import java.util.Optional;

/** The operational tables of a lake, opened and typed. */
public record OperationTables(
    Ledger ledger,
    LakeTable deadLetters,
    Refreshes refreshes,
    DriftLog drift,
    Reconciliations reconciliations,
    Seals seals,
    Edits edits,
    Erased erased,
    DateStates dates,
    Tidemarks tidemarks,
    QualityResults quality,
    Runs runs,
    MaintenanceLog maintenance) {

  /** Opens the tables, and creates those that are absent, or will when they are first written. */
  public static OperationTables open(Lake lake, TableFormat format) {
    return new OperationTables(
        new Ledger(lake.create(Operations.LEDGER.table(format))),
        lake.create(Operations.DEAD_LETTERS.table(format)),
        new Refreshes(lake.create(Operations.REFRESHES.table(format))),
        new DriftLog(lake.create(Operations.DRIFT.table(format))),
        new Reconciliations(new MadeOnUse(lake, Operations.RECONCILIATIONS.table(format))),
        new Seals(lake.create(Operations.SEALS.table(format))),
        new Edits(lake.create(Operations.EDITS.table(format))),
        new Erased(new MadeOnUse(lake, Operations.ERASED.table(format))),
        new DateStates(new MadeOnUse(lake, Operations.DATES.table(format))),
        new Tidemarks(new MadeOnUse(lake, Operations.TIDEMARKS.table(format))),
        new QualityResults(new MadeOnUse(lake, Operations.QUALITY.table(format))),
        new Runs(lake.create(Operations.RUNS.table(format))),
        new MaintenanceLog(new MadeOnUse(lake, Operations.MAINTENANCE.table(format))));
  }

  /** The ledger of a lake, if it has one. */
  public static Optional<Ledger> ledger(Lake lake, TableFormat format) {
    return lake.find(Operations.LEDGER.table(format)).map(Ledger::new);
  }

  /** The seals of a lake, if it has any. */
  public static Optional<Seals> seals(Lake lake, TableFormat format) {
    return lake.find(Operations.SEALS.table(format)).map(Seals::new);
  }
}
