package io.tidemark.table.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * What Delta's log says about the rows of a data file: how many there are, and the least and the
 * greatest value of columns that readers prune by. Columns other than BIGINT and TIMESTAMP go
 * without, which the protocol allows.
 */
final class DeltaStatistics {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** To the millisecond, whatever the value: readers know that a greatest one may be cut. */
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final List<Range> ranges;
  private long rows;

  DeltaStatistics(StructType columns, List<String> pruning) {
    ranges =
        pruning.stream()
            .map(name -> new Range(columns.fieldIndex(name), columns.apply(name)))
            .filter(Range::isSupported)
            .toList();
  }

  void add(InternalRow row) {
    rows++;
    for (Range range : ranges) {
      range.add(row);
    }
  }

  String json() {
    ObjectNode all = JSON.createObjectNode().put("numRecords", rows);
    ObjectNode least = all.putObject("minValues");
    ObjectNode greatest = all.putObject("maxValues");
    ObjectNode nulls = all.putObject("nullCount");
    for (Range range : ranges) {
      nulls.put(range.field.name(), range.nulls);
      if (range.nulls < rows) {
        range.put(least, range.least);
        range.put(greatest, range.greatest);
      }
    }
    return all.toString();
  }

  /** The values of one column. */
  private static final class Range {
    private final int position;
    private final StructField field;
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;
    private long nulls;

    Range(int position, StructField field) {
      this.position = position;
      this.field = field;
    }

    boolean isSupported() {
      return field.dataType().equals(DataTypes.LongType) || isTimestamp();
    }

    private boolean isTimestamp() {
      return field.dataType().equals(DataTypes.TimestampType);
    }

    void add(InternalRow row) {
      if (row.isNullAt(position)) {
        nulls++;
      } else {
        long value = row.getLong(position);
        least = Math.min(least, value);
        greatest = Math.max(greatest, value);
      }
    }

    void put(ObjectNode values, long value) {
      if (isTimestamp()) {
        values.put(field.name(), TIMESTAMP.format(Instant.EPOCH.plus(value, ChronoUnit.MICROS)));
      } else {
        values.put(field.name(), value);
      }
    }
  }
}
