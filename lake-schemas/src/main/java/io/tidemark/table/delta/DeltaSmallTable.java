package io.tidemark.table.delta;

import static java.util.stream.Collectors.joining;

import io.delta.kernel.Scan;
import io.delta.kernel.Snapshot;
import io.delta.kernel.Table;
import io.delta.kernel.data.ArrayValue;
import io.delta.kernel.data.ColumnVector;
import io.delta.kernel.data.ColumnarBatch;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.MapValue;
import io.delta.kernel.defaults.engine.DefaultEngine;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.engine.FileReadResult;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.data.ScanStateRow;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.BinaryType;
import io.delta.kernel.types.BooleanType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.DateType;
import io.delta.kernel.types.DecimalType;
import io.delta.kernel.types.DoubleType;
import io.delta.kernel.types.IntegerType;
import io.delta.kernel.types.LongType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StringType;
import io.delta.kernel.types.TimestampType;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import io.tidemark.table.Looks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A Delta table whose rows are few: read here, by Delta's kernel. Spark takes a second and two jobs
 * to find out that there are a dozen.
 *
 * @param version that is read; empty for the last
 */
record DeltaSmallTable(SparkSession spark, String path, OptionalLong version) {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaSmallTable.class);
  private static final int FILES = 64;

  /**
   * Its rows, in those of the columns that it has.
   *
   * @return empty if it is large, or has something that is not read here
   */
  Optional<Dataset<Row>> rows(StructType columns) {
    return rows(List.of(columns.fieldNames())::contains);
  }

  /** The same in all of its columns. */
  Optional<Dataset<Row>> rows() {
    return rows(name -> true);
  }

  private Optional<Dataset<Row>> rows(Predicate<String> wanted) {
    try {
      return fewRows(wanted);
    } catch (RuntimeException | LinkageError e) {
      // Of a later feature of Delta's, or on a cluster without the kernel: Spark reads it.
      LOG.info("{} is left to Spark", this, e);
      return Optional.empty();
    }
  }

  private Optional<Dataset<Row>> fewRows(Predicate<String> wanted) {
    Engine engine = DefaultEngine.create(spark.sessionState().newHadoopConf());
    Snapshot snapshot = snapshot(engine);
    io.delta.kernel.types.StructType stored =
        new io.delta.kernel.types.StructType(
            snapshot.getSchema().fields().stream()
                .filter(field -> wanted.test(field.getName()))
                .toList());
    if (!stored.fields().stream().allMatch(field -> isRead(field.getDataType()))) {
      return Optional.empty();
    }
    Scan scan = snapshot.getScanBuilder().withReadSchema(stored).build();
    try {
      List<io.delta.kernel.data.Row> files = files(engine, scan);
      if (files.size() > FILES
          || files.stream().mapToLong(file -> size(file)).sum() > Looks.SMALL) {
        return Optional.empty();
      }
      List<Row> rows = new ArrayList<>();
      for (io.delta.kernel.data.Row file : files) {
        read(engine, scan, file, rows);
      }
      return Optional.of(spark.createDataFrame(rows, schema(stored)));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + path, e);
    }
  }

  private Snapshot snapshot(Engine engine) {
    Table table = Table.forPath(engine, path);
    return version.isPresent()
        ? table.getSnapshotAsOfVersion(engine, version.getAsLong())
        : table.getLatestSnapshot(engine);
  }

  private static StructType schema(io.delta.kernel.types.StructType stored) {
    StructType schema = new StructType();
    for (io.delta.kernel.types.StructField field : stored.fields()) {
      schema =
          schema.add(
              field.getName(),
              org.apache.spark.sql.types.DataType.fromDDL(ddl(field.getDataType())),
              field.isNullable());
    }
    return schema;
  }

  private static String ddl(DataType type) {
    if (type instanceof MapType map) {
      return "MAP<%s, %s>".formatted(ddl(map.getKeyType()), ddl(map.getValueType()));
    } else if (type instanceof ArrayType array) {
      return "ARRAY<%s>".formatted(ddl(array.getElementType()));
    } else if (type instanceof io.delta.kernel.types.StructType struct) {
      return struct.fields().stream()
          .map(field -> "`%s`: %s".formatted(field.getName(), ddl(field.getDataType())))
          .collect(joining(", ", "STRUCT<", ">"));
    }
    return type.toString();
  }

  private static boolean isRead(DataType type) {
    if (type instanceof MapType map) {
      return isRead(map.getKeyType()) && isRead(map.getValueType());
    } else if (type instanceof ArrayType array) {
      return isRead(array.getElementType());
    } else if (type instanceof io.delta.kernel.types.StructType struct) {
      return struct.fields().stream().allMatch(field -> isRead(field.getDataType()));
    }
    return type instanceof StringType
        || type instanceof LongType
        || type instanceof IntegerType
        || type instanceof BooleanType
        || type instanceof DoubleType
        || type instanceof DecimalType
        || type instanceof BinaryType
        || type instanceof DateType
        || type instanceof TimestampType;
  }

  private static List<io.delta.kernel.data.Row> files(Engine engine, Scan scan) throws IOException {
    List<io.delta.kernel.data.Row> files = new ArrayList<>();
    try (CloseableIterator<FilteredColumnarBatch> batches = scan.getScanFiles(engine)) {
      while (batches.hasNext() && files.size() <= FILES) {
        try (CloseableIterator<io.delta.kernel.data.Row> rows = batches.next().getRows()) {
          rows.forEachRemaining(files::add);
        }
      }
    }
    return files;
  }

  private static long size(io.delta.kernel.data.Row file) {
    return InternalScanFileUtils.getAddFileStatus(file).getSize();
  }

  private static void read(Engine engine, Scan scan, io.delta.kernel.data.Row file, List<Row> rows)
      throws IOException {
    io.delta.kernel.data.Row state = scan.getScanState(engine);
    FileStatus status = InternalScanFileUtils.getAddFileStatus(file);
    try (CloseableIterator<FileReadResult> stored =
            engine
                .getParquetHandler()
                .readParquetFiles(
                    Utils.singletonCloseableIterator(status),
                    ScanStateRow.getPhysicalDataReadSchema(state),
                    Optional.empty());
        CloseableIterator<FilteredColumnarBatch> batches =
            Scan.transformPhysicalData(engine, state, file, stored.map(FileReadResult::getData))) {
      while (batches.hasNext()) {
        add(batches.next(), rows);
      }
    }
  }

  private static void add(FilteredColumnarBatch batch, List<Row> rows) {
    ColumnarBatch data = batch.getData();
    Optional<ColumnVector> selected = batch.getSelectionVector();
    int width = data.getSchema().length();
    for (int row = 0; row < data.getSize(); row++) {
      int at = row;
      if (selected.filter(vector -> vector.isNullAt(at) || !vector.getBoolean(at)).isPresent()) {
        continue;
      }
      Object[] values = new Object[width];
      Arrays.setAll(values, column -> value(data.getColumnVector(column), at));
      rows.add(RowFactory.create(values));
    }
  }

  private static Object value(ColumnVector vector, int row) {
    if (vector.isNullAt(row)) {
      return null;
    }
    DataType type = vector.getDataType();
    if (type instanceof StringType) {
      return vector.getString(row);
    } else if (type instanceof LongType) {
      return vector.getLong(row);
    } else if (type instanceof IntegerType) {
      return vector.getInt(row);
    } else if (type instanceof BooleanType) {
      return vector.getBoolean(row);
    } else if (type instanceof DoubleType) {
      return vector.getDouble(row);
    } else if (type instanceof DecimalType) {
      return vector.getDecimal(row);
    } else if (type instanceof BinaryType) {
      return vector.getBinary(row);
    } else if (type instanceof DateType) {
      return LocalDate.ofEpochDay(vector.getInt(row));
    } else if (type instanceof TimestampType) {
      return Instant.EPOCH.plus(vector.getLong(row), ChronoUnit.MICROS);
    }
    if (type instanceof ArrayType) {
      ArrayValue array = vector.getArray(row);
      List<Object> elements = new ArrayList<>();
      for (int element = 0; element < array.getSize(); element++) {
        elements.add(value(array.getElements(), element));
      }
      return elements;
    } else if (type instanceof io.delta.kernel.types.StructType struct) {
      Object[] fields = new Object[struct.length()];
      Arrays.setAll(fields, field -> value(vector.getChild(field), row));
      return RowFactory.create(fields);
    }
    return map(vector.getMap(row));
  }

  private static Map<Object, Object> map(MapValue map) {
    Map<Object, Object> values = new HashMap<>();
    for (int entry = 0; entry < map.getSize(); entry++) {
      values.put(value(map.getKeys(), entry), value(map.getValues(), entry));
    }
    return values;
  }
}
