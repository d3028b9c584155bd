package io.tidemark.table.delta;

import static scala.jdk.javaapi.CollectionConverters.asJava;

import io.tidemark.table.Looks;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.plans.logical.LocalRelation;
import org.apache.spark.sql.connector.catalog.CatalogV2Util;
import org.apache.spark.sql.connector.catalog.Column;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.LocalScan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.Statistics;
import org.apache.spark.sql.connector.read.SupportsReportStatistics;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** A table whose rows the driver has, for SQL. */
record SmallTable(String name, Rows all) implements SupportsRead {

  /**
   * @param rows that are local
   */
  static SmallTable of(String name, Dataset<Row> rows) {
    LocalRelation local = (LocalRelation) rows.queryExecution().analyzed();
    return new SmallTable(name, new Rows(rows.schema(), asJava(local.data())));
  }

  @Override
  public Column[] columns() {
    return CatalogV2Util.structTypeToV2Columns(all.readSchema());
  }

  @Override
  public Set<TableCapability> capabilities() {
    return Set.of(TableCapability.BATCH_READ);
  }

  @Override
  public ScanBuilder newScanBuilder(CaseInsensitiveStringMap options) {
    return () -> all;
  }

  /** Read by no task, so Spark starts no job where it only selects from them. */
  record Rows(StructType readSchema, List<InternalRow> each)
      implements LocalScan, SupportsReportStatistics {
    @Override
    public InternalRow[] rows() {
      return each.toArray(InternalRow[]::new);
    }

    @Override
    public Statistics estimateStatistics() {
      long bytes = Math.min(Looks.SMALL, (long) each.size() * readSchema.defaultSize());
      return new Size(OptionalLong.of(bytes), OptionalLong.of(each.size()));
    }
  }

  private record Size(OptionalLong sizeInBytes, OptionalLong numRows) implements Statistics {}
}
