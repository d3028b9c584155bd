package io.tidemark.table.delta;

import io.tidemark.table.Looks;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.delta.catalog.DeltaCatalog;
import org.apache.spark.sql.delta.catalog.DeltaTableV2;

/**
 * Delta's catalog for sessions that only look: SQL reads a small table without Delta's jobs, as
 * {@link DeltaSmallTable} does, and every other table as ever. A table is read once in a session,
 * which lives for one answer. Who wants more than rows, such as an earlier version, first calls
 * {@link Looks#leaveToSpark}.
 */
// Scala knows no variable arguments that Java would take for the same.
@SuppressWarnings("overrides")
public final class SmallTableCatalog extends DeltaCatalog {
  private final Map<String, Optional<SmallTable>> read = new ConcurrentHashMap<>();

  @Override
  public Table loadTable(Identifier name) {
    Table table = super.loadTable(name);
    return table instanceof DeltaTableV2 delta && delta.catalogTable().isDefined()
        ? small(delta).map(Table.class::cast).orElse(table)
        : table;
  }

  private Optional<SmallTable> small(DeltaTableV2 table) {
    SparkSession spark = table.spark();
    return Looks.readsSmallTables(spark)
        ? read.computeIfAbsent(
            table.path().toString(),
            path ->
                new DeltaSmallTable(spark, path, OptionalLong.empty())
                    .rows()
                    .map(rows -> SmallTable.of(table.name(), rows)))
        : Optional.empty();
  }
}
