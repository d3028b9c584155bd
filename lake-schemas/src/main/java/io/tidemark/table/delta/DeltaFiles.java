package io.tidemark.table.delta;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
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
 * @param date the one that stands in the name of a file's folder, and not in the file
 * @param pruning columns worth statistics
 * @param atOnce how many may be open in a task
 */
record DeltaFiles(
    String folder,
    OutputWriterFactory format,
    SerializableConfiguration hadoop,
    StructType columns,
    String date,
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

  Path path(LocalDate day, String name) {
    return new Path(new Path(folder, date + "=" + day), name);
  }

  OutputWriter open(Path path, TaskAttemptContext context) {
    return format.newInstance(path.toString(), data(columns, date), context);
  }

  /** What a file has of a row. */
  ProjectingInternalRow projection() {
    int[] positions =
        IntStream.range(0, columns.size()).filter(i -> i != columns.fieldIndex(date)).toArray();
    return new ProjectingInternalRow(data(columns, date), ArraySeq.unsafeWrapArray(positions));
  }

  /** The columns that a file has. */
  static StructType data(StructType columns, String date) {
    return new StructType(
        Arrays.stream(columns.fields())
            .filter(field -> !field.name().equals(date))
            .toArray(StructField[]::new));
  }

  DeltaStatistics statistics() {
    return new DeltaStatistics(
        columns, pruning.stream().filter(name -> !name.equals(date)).toList());
  }
}
