package io.tidemark.table.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What Delta's log says about the rows of a data file: how many there are, and the least and the
 * greatest value of columns that readers prune by. Columns other than BIGINT, TIMESTAMP, DATE and
 * STRING go without, and so do texts of more than {@value #MOST_CHARACTERS} characters, which the
 * protocol allows.
 */
final class DeltaStatistics {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Longer texts would have to be cut, the greatest one upwards. */
  private static final int MOST_CHARACTERS = 32;

  /** To the millisecond, whatever the value: readers know that a greatest one may be cut. */
  private static final DateTimeFormatter TIMESTAMP =
      new DateTimeFormatterBuilder().appendInstant(3).toFormatter();

  private final List<Range> ranges = new ArrayList<>();
  private long rows;

  DeltaStatistics(StructType columns, List<String> pruning) {
    for (String name : pruning) {
      int position = columns.fieldIndex(name);
      DataType type = columns.apply(position).dataType();
      if (type.equals(DataTypes.StringType)) {
        ranges.add(new TextRange(name, position));
      } else if (NumberRange.has(type)) {
        ranges.add(new NumberRange(name, position, type));
      }
    }
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
      nulls.put(range.name, range.nulls);
      if (range.nulls < rows) {
        range.put(least, greatest);
      }
    }
    return all.toString();
  }

  /** The values of one column. */
  private abstract static class Range {
    final String name;
    private final int position;
    private long nulls;

    Range(String name, int position) {
      this.name = name;
      this.position = position;
    }

    final void add(InternalRow row) {
      if (row.isNullAt(position)) {
        nulls++;
      } else {
        add(row, position);
      }
    }

    abstract void add(InternalRow row, int at);

    /** If there were values. */
    abstract void put(ObjectNode leastValues, ObjectNode greatestValues);
  }

  private static final class NumberRange extends Range {
    private final DataType type;
    private final boolean isDate;
    private long least = Long.MAX_VALUE;
    private long greatest = Long.MIN_VALUE;

    NumberRange(String name, int position, DataType type) {
      super(name, position);
      this.type = type;
      this.isDate = type.equals(DataTypes.DateType);
    }

    static boolean has(DataType type) {
      return List.of(DataTypes.LongType, DataTypes.TimestampType, DataTypes.DateType)
          .contains(type);
    }

    @Override
    void add(InternalRow row, int at) {
      long value = isDate ? row.getInt(at) : row.getLong(at);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
    }

    @Override
    void put(ObjectNode leastValues, ObjectNode greatestValues) {
      put(leastValues, least);
      put(greatestValues, greatest);
    }

    private void put(ObjectNode values, long value) {
      if (isDate) {
        values.put(name, LocalDate.ofEpochDay(value).toString());
      } else if (type.equals(DataTypes.TimestampType)) {
        values.put(name, TIMESTAMP.format(Instant.EPOCH.plus(value, ChronoUnit.MICROS)));
      } else {
        values.put(name, value);
      }
    }
  }

  private static final class TextRange extends Range {
    private UTF8String least;
    private UTF8String greatest;
    private boolean isLeftOut;

    TextRange(String name, int position) {
      super(name, position);
    }

    @Override
    void add(InternalRow row, int at) {
      UTF8String value = row.getUTF8String(at);
      // JSON could not hold bytes that are no text.
      isLeftOut |= value.numChars() > MOST_CHARACTERS || !value.isValid();
      if (least == null || value.binaryCompare(least) < 0) {
        least = value.copy();
      }
      if (greatest == null || value.binaryCompare(greatest) > 0) {
        greatest = value.copy();
      }
    }

    @Override
    void put(ObjectNode leastValues, ObjectNode greatestValues) {
      if (!isLeftOut) {
        leastValues.put(name, least.toString());
        greatestValues.put(name, greatest.toString());
      }
    }
  }
}
