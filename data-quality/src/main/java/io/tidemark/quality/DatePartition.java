package io.tidemark.quality;

import static java.util.stream.Collectors.toSet;
import static org.apache.spark.sql.functions.col;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.iceberg.PartitionField;
import org.apache.iceberg.PartitionSpec;
import org.apache.iceberg.Partitioning;
import org.apache.iceberg.Table;
import org.apache.iceberg.types.Types;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Whether the files of an Iceberg table say of which date their rows are. Partitions can change: a
 * file keeps those of its time, which may have had no date, or not the date itself.
 */
record DatePartition(Table table) {

  /** The date in a row of the table's {@code files}; empty if some file does not say its date. */
  Optional<Column> of(Dataset<Row> files) {
    Types.NestedField date = table.schema().findField(StoredTable.DATE);
    if (date == null || date.type() != Types.DateType.get()) {
      return Optional.empty();
    }
    Set<Integer> fields = new HashSet<>();
    boolean isInAll = true;
    for (PartitionSpec spec : table.specs().values()) {
      List<Integer> ofSpec = dates(spec, date);
      fields.addAll(ofSpec);
      isInAll &= !ofSpec.isEmpty();
    }
    if (fields.size() != 1 || !isInAll && !isInEachOf(files, date)) {
      return Optional.empty();
    }
    String name = Partitioning.partitionType(table).field(fields.iterator().next()).name();
    return Optional.of(col("partition").getField(name));
  }

  private boolean isInEachOf(Dataset<Row> files, Types.NestedField date) {
    Set<Integer> specs =
        files.select("spec_id").distinct().collectAsList().stream()
            .map(row -> row.getInt(0))
            .collect(toSet());
    return specs.stream().noneMatch(spec -> dates(table.specs().get(spec), date).isEmpty());
  }

  /** The fields that are the date as it is: that of a month, say, does not tell it. */
  private static List<Integer> dates(PartitionSpec spec, Types.NestedField date) {
    return spec.fields().stream()
        .filter(field -> field.sourceId() == date.fieldId() && field.transform().isIdentity())
        .map(PartitionField::fieldId)
        .toList();
  }
}
