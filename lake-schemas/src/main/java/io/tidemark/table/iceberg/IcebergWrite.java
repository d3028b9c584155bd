package io.tidemark.table.iceberg;

import io.tidemark.table.DirectWrite;
import io.tidemark.table.FewOpenFiles;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.apache.iceberg.AppendFiles;
import org.apache.iceberg.BaseTable;
import org.apache.iceberg.HasTableOperations;
import org.apache.iceberg.RowDelta;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.SparkWriteOptions;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** Iceberg's own writers of a table, for {@link DirectWrite}. */
final class IcebergWrite {
  private IcebergWrite() {}

  private record Info(String queryId, StructType schema, CaseInsensitiveStringMap options)
      implements LogicalWriteInfo {
    @Override
    public Optional<StructType> rowIdSchema() {
      return Optional.empty();
    }

    @Override
    public Optional<StructType> metadataSchema() {
      return Optional.empty();
    }
  }

  /** A table to which nothing is appended that may not follow what it has by then. */
  private static final class Once extends BaseTable {
    private final IcebergCommit commit;
    private final Optional<UnaryOperator<RowDelta>> change;

    Once(Table table, IcebergCommit commit, Optional<UnaryOperator<RowDelta>> change) {
      super(((HasTableOperations) table).operations(), table.name());
      this.commit = commit;
      this.change = change;
    }

    @Override
    public AppendFiles newAppend() {
      return change
          .<AppendFiles>map(prepare -> new RowDeltaAppend(prepare.apply(newRowDelta())))
          .orElseGet(super::newAppend)
          .validateWith(
              ancestors -> commit.mayFollow(ancestors, operations().current().properties()));
    }
  }

  /**
   * Writers that append rows in whatever order they come.
   *
   * @param columns of the rows
   * @param date the one that the table is partitioned by
   */
  static BatchWrite append(
      Table table, StructType columns, Optional<String> date, IcebergCommit commit) {
    return write(new Once(table, commit, Optional.empty()), columns, date, commit);
  }

  /**
   * The same for rows that take the place of others.
   *
   * @param change adds to the commit what is deleted, and what may not have happened since
   */
  static BatchWrite change(
      Table table,
      StructType columns,
      Optional<String> date,
      IcebergCommit commit,
      UnaryOperator<RowDelta> change) {
    return write(new Once(table, commit, Optional.of(change)), columns, date, commit);
  }

  private static BatchWrite write(
      Once table, StructType columns, Optional<String> date, IcebergCommit commit) {
    Map<String, String> options = new HashMap<>(commit.options());
    // Columns that the table got later stand behind the others there.
    options.put(SparkWriteOptions.CHECK_ORDERING, "false");
    // Fields inside a column are required in tables of before, and rows keep to it all the same.
    options.put(SparkWriteOptions.CHECK_NULLABILITY, "false");
    // The order that somebody has given the table is for its compaction.
    options.put(SparkWriteOptions.USE_TABLE_DISTRIBUTION_AND_ORDERING, "false");
    options.put(SparkWriteOptions.FANOUT_ENABLED, "true");
    Info info =
        new Info(UUID.randomUUID().toString(), columns, new CaseInsensitiveStringMap(options));
    BatchWrite write = new SparkTable(table).newWriteBuilder(info).build().toBatch();
    return date.<BatchWrite>map(column -> FewOpenFiles.of(write, columns, column)).orElse(write);
  }
}
