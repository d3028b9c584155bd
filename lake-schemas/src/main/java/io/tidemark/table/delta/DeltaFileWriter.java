package io.tidemark.table.delta;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.tidemark.table.WaitingRows;
import java.io.IOException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapreduce.TaskAttemptContext;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.ProjectingInternalRow;
import org.apache.spark.sql.connector.write.DataWriter;
import org.apache.spark.sql.connector.write.WriterCommitMessage;
import org.apache.spark.sql.execution.datasources.OutputWriter;
import scala.collection.Iterator;

/**
 * Writes the rows of one task, a file per date, or one file if the table has no dates. A few files
 * may be open at a time, since each takes more than a megabyte of memory; rows of all further dates
 * wait, and are written date by date.
 */
final class DeltaFileWriter implements DataWriter<InternalRow> {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int NO_DATE = -1;

  private final DeltaFiles files;
  private final TaskAttemptContext context;
  private final String name;

  /** The position of the date in a row, or {@link #NO_DATE}. */
  private final int date;

  private final ProjectingInternalRow data;
  private final Map<Integer, DataFile> open = new HashMap<>();
  private final List<Path> paths = new ArrayList<>();
  private final List<String> actions = new ArrayList<>();
  private DataFile latest;
  private WaitingRows waiting;

  private record DataFile(int day, Path path, OutputWriter writer, DeltaStatistics statistics) {}

  /** The files of a task. No record, and no lists: Kryo, if Spark is to use it, knows neither. */
  static final class Written implements WriterCommitMessage {
    private static final long serialVersionUID = 1L;

    private final String[] paths;
    private final String[] actions;

    private Written(List<Path> paths, List<String> actions) {
      this.paths = paths.stream().map(Path::toString).toArray(String[]::new);
      this.actions = actions.toArray(String[]::new);
    }

    List<String> paths() {
      return List.of(paths);
    }

    /** What adds them to the table, in the JSON of Delta's protocol. */
    List<String> actions() {
      return List.of(actions);
    }
  }

  /**
   * @param name of every file, in the folder of its date
   */
  DeltaFileWriter(DeltaFiles files, TaskAttemptContext context, String name) {
    this.files = files;
    this.context = context;
    this.name = name;
    this.date = files.date().map(files.columns()::fieldIndex).orElse(NO_DATE);
    this.data = files.projection();
  }

  @Override
  public void write(InternalRow row) throws IOException {
    int day = day(row);
    if (isOpen(day) || open.size() < files.atOnce()) {
      write(row, day);
    } else {
      if (waiting == null) {
        waiting = new WaitingRows(files.columns(), date);
      }
      waiting.add(row);
    }
  }

  /** The same for all rows of a table without dates. */
  private int day(InternalRow row) {
    if (date == NO_DATE) {
      return 0;
    }
    if (row.isNullAt(date)) {
      throw new IllegalArgumentException(
          "Cannot write a row without a " + files.date().orElseThrow());
    }
    return row.getInt(date);
  }

  private boolean isOpen(int day) {
    return (latest != null && latest.day() == day) || open.containsKey(day);
  }

  private void write(InternalRow row, int day) {
    if (latest == null || latest.day() != day) {
      latest = open.computeIfAbsent(day, this::open);
    }
    data.project(row);
    latest.writer().write(data);
    latest.statistics().add(row);
  }

  private DataFile open(int day) {
    Path path = files.path(day, name);
    paths.add(path);
    return new DataFile(day, path, files.open(path, context), files.statistics());
  }

  @Override
  public WriterCommitMessage commit() throws IOException {
    finishOpen();
    if (waiting != null) {
      Iterator<InternalRow> rows = waiting.byDate();
      while (rows.hasNext()) {
        InternalRow row = rows.next();
        int day = row.getInt(date);
        if (!isOpen(day)) {
          finishOpen();
        }
        write(row, day);
      }
      finishOpen();
    }
    return new Written(paths, actions);
  }

  private void finishOpen() throws IOException {
    for (DataFile file : open.values()) {
      file.writer().close();
      actions.add(added(file));
    }
    open.clear();
    latest = null;
  }

  private String added(DataFile file) throws IOException {
    FileStatus status =
        file.path().getFileSystem(context.getConfiguration()).getFileStatus(file.path());
    ObjectNode action = JSON.createObjectNode();
    ObjectNode add = action.putObject("add");
    add.put("path", files.within(file.day(), name));
    ObjectNode partition = add.putObject("partitionValues");
    files
        .date()
        .ifPresent(column -> partition.put(column, LocalDate.ofEpochDay(file.day()).toString()));
    add.put("size", status.getLen());
    add.put("modificationTime", status.getModificationTime());
    add.put("dataChange", true);
    add.put("stats", file.statistics().json());
    return action.toString();
  }

  /** Deletes its files, even if some of them cannot be closed: the disk may be full. */
  @Override
  public void abort() throws IOException {
    Cleanup cleanup = new Cleanup();
    closeOpen(cleanup);
    for (Path path : paths) {
      cleanup.attempt(() -> path.getFileSystem(context.getConfiguration()).delete(path, false));
    }
    cleanup.end("Cannot delete the files of a task that failed");
  }

  /** Files that are still open are of a task that failed. Parquet would keep them in memory. */
  @Override
  public void close() throws IOException {
    Cleanup cleanup = new Cleanup();
    closeOpen(cleanup);
    cleanup.end("Cannot close the files of a task that failed");
  }

  private void closeOpen(Cleanup cleanup) {
    for (DataFile file : open.values()) {
      cleanup.attempt(() -> file.writer().close());
    }
    open.clear();
    latest = null;
  }
}
