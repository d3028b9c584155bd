package io.tidemark.table;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.apache.iceberg.Table;
import org.apache.iceberg.spark.SparkWriteOptions;
import org.apache.iceberg.spark.source.SparkTable;
import org.apache.spark.sql.connector.distributions.UnspecifiedDistribution;
import org.apache.spark.sql.connector.write.BatchWrite;
import org.apache.spark.sql.connector.write.LogicalWriteInfo;
import org.apache.spark.sql.connector.write.RequiresDistributionAndOrdering;
import org.apache.spark.sql.connector.write.Write;
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

  /**
   * Writers that append rows, in whatever order they come. Empty for a table that somebody has told
   * to sort or to distribute what is written to it.
   *
   * @param columns of the rows
   * @param options of the write
   */
  static Optional<BatchWrite> of(Table table, StructType columns, Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    // Columns that the table got later stand behind the others there.
    all.put(SparkWriteOptions.CHECK_ORDERING, "false");
    Info info = new Info(UUID.randomUUID().toString(), columns, new CaseInsensitiveStringMap(all));
    Write write = new SparkTable(table).newWriteBuilder(info).build();
    return takesRowsAsTheyCome(write) ? Optional.of(write.toBatch()) : Optional.empty();
  }

  private static boolean takesRowsAsTheyCome(Write write) {
    return write instanceof RequiresDistributionAndOrdering required
        && required.requiredOrdering().length == 0
        && required.requiredDistribution() instanceof UnspecifiedDistribution;
  }
}
