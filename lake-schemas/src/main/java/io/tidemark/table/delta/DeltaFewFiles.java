package io.tidemark.table.delta;

import io.delta.kernel.Table;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.ScanImpl;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.DeletionVectorDescriptor;
import io.delta.kernel.utils.CloseableIterator;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of a version of a Delta table, if they are not many, as Delta's kernel finds them in
 * the log: Spark runs three jobs for it.
 */
record DeltaFewFiles(SparkSession spark, String path, long version) {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaFewFiles.class);

  /** Sooner read than Spark has planned its jobs. */
  private static final int FEW = 2_000;

  /**
   * Of each file its date, how many rows it has, and whether that is not sure.
   *
   * @param date the column that the table is partitioned by
   * @return empty if they are many, or if this kernel cannot read them
   */
  Optional<List<org.apache.spark.sql.Row>> counts(String date) {
    try {
      List<org.apache.spark.sql.Row> counts = new ArrayList<>();
      Engine engine = DefaultEngine.create(spark.sessionState().newHadoopConf());
      ScanImpl scan =
          (ScanImpl)
              Table.forPath(engine, path)
                  .getSnapshotAsOfVersion(engine, version)
                  .getScanBuilder()
                  .build();
      try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine, true)) {
        while (batches.hasNext() && counts.size() <= FEW) {
          try (CloseableIterator<Row> files = batches.next().getRows()) {
            files.forEachRemaining(file -> counts.add(count(file, date)));
          }
        }
      }
      return Optional.of(counts).filter(all -> all.size() <= FEW);
    } catch (IOException | RuntimeException | LinkageError e) {
      // Of a later feature of Delta's, or on a cluster without the kernel: Spark reads it.
      LOG.info("{} are left to Spark", this, e);
      return Optional.empty();
    }
  }

  private static org.apache.spark.sql.Row count(Row file, String date) {
    Map<String, String> partition = InternalScanFileUtils.getPartitionValues(file);
    if (!partition.containsKey(date)) {
      throw new IllegalStateException("%s is not what the log calls it".formatted(date));
    }
    String day = partition.get(date);
    AddFile added = new AddFile(file.getStruct(file.getSchema().indexOf("add")));
    long deleted =
        added.getDeletionVector().map(DeletionVectorDescriptor::getCardinality).orElse(0L);
    // A writer that was told to collect no statistics does not say how many rows a file has.
    Optional<Long> written = added.getNumRecords();
    return RowFactory.create(
        day == null ? null : LocalDate.parse(day),
        written.map(rows -> rows - deleted).orElse(null),
        written.isEmpty());
  }
}
