package io.tidemark.table.delta;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.hadoop.mapreduce.TaskAttemptID;
import org.apache.hadoop.mapreduce.task.TaskAttemptContextImpl;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.ProjectingInternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.DataWriterFactory;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import org.apache.spark.sql.execution.datasources.OutputWriterFactory;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.immutable.ArraySeq;

/**
 * Where and how data files of a Delta table are made.
 *
 * @param folder of the table
 * @param format opens a file in the format of the table
 * @param hadoop what {@code format} has prepared
 * @param columns of a row
 * @param dateOrNull the one that stands in the name of a file's folder, and not in the file; null
 *     if the table has none, since Java sends no Optional to a task
 * @param pruning columns worth statistics
 * @param atOnce how many may be open in a task
 */
record DeltaFiles(
    String folder,
    OutputWriterFactory format,
    SerializableConfiguration hadoop,
    StructType columns,
    String dateOrNull,
    List<String> pruning,
    int atOnce)
    implements DataWriterFactory {

  @Override
  public DataWriter<InternalRow> createWriter(int partition, long attempt) {
    TaskAttemptContext context = new TaskAttemptContextImpl(hadoop.value(), new TaskAttemptID());
    String name =
        "part-%05d-%s.c000%s"
            .formatted(partition, UUID.randomUUID(), format.getFileExtension(context));
    return new DeltaFileWriter(this, context, name);
  }

  Optional<String> date() {
    return Optional.ofNullable(dateOrNull);
  }

  Path path(int day, String name) {
    return new Path(folder, within(day, name));
  }

  /** The path of a file in the table's folder. */
  String within(int day, String name) {
    return date()
        .map(column -> "%s=%s/%s".formatted(column, LocalDate.ofEpochDay(day), name))
        .orElse(name);
  }

  OutputWriter open(Path path, TaskAttemptContext context) {
    return format.newInstance(path.toString(), data(columns, date()), context);
  }

  /** What a file has of a row. */
  ProjectingInternalRow projection() {
    int[] positions =
        IntStream.range(0, columns.size()).filter(i -> !isDate(columns.apply(i), date())).toArray();
    return new ProjectingInternalRow(data(columns, date()), ArraySeq.unsafeWrapArray(positions));
  }

  /** The columns that a file has. */
  static StructType data(StructType columns, Optional<String> date) {
    return new StructType(
        Arrays.stream(columns.fields())
            .filter(field -> !isDate(field, date))
            .toArray(StructField[]::new));
  }

  private static boolean isDate(StructField column, Optional<String> date) {
    return date.filter(column.name()::equals).isPresent();
  }

  DeltaStatistics statistics() {
    return new DeltaStatistics(
        columns, pruning.stream().filter(name -> !name.equals(dateOrNull)).toList());
  }
}
