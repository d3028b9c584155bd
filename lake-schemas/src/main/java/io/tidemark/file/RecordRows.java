package io.tidemark.file;

import io.tidemark.pipeline.FileFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.TaskCompletionListener;

/** Reads a file in a task of Spark's. */
final class RecordRows implements MapPartitionsFunction<Integer, Row> {
  private static final long serialVersionUID = 1L;

  private final String path;
  private final Broadcast<byte[]> content;
  private final boolean isJson;
  private final String[] columns;
  private final String encoding;
  private final char separator;
  private final long limit;

  /**
   * @param content of the file; null to read it where the task runs
   */
  RecordRows(
      String path,
      Broadcast<byte[]> content,
      boolean isJson,
      List<String> columns,
      FileFormat format,
      OptionalLong limit) {
    this.path = path;
    this.content = content;
    this.isJson = isJson;
    this.columns = columns.toArray(String[]::new);
    this.encoding = format.encoding().map(Charset::name).orElse(null);
    this.separator = format.separator();
    this.limit = limit.orElse(Long.MAX_VALUE);
  }

  StructType schema() {
    StructType schema = new StructType();
    for (String column : columns) {
      schema = schema.add(column, DataTypes.StringType);
    }
    return schema
        .add(RecordFile.MALFORMED, DataTypes.StringType)
        .add(RecordFile.LINE, DataTypes.LongType, false)
        .add(RecordFile.POSITION, DataTypes.LongType, false);
  }

  @Override
  public Iterator<Row> call(Iterator<Integer> once) {
    try {
      FileText text = text(Optional.ofNullable(encoding).map(Charset::forName));
      TaskContext.get().addTaskCompletionListener((TaskCompletionListener) context -> close(text));
      RecordReader reader = isJson ? new JsonLinesReader(text) : new CsvReader(text, separator);
      if (!isJson) {
        reader.next();
      }
      return new Rows(reader);
    } catch (IOException | FaultyFileException e) {
      return List.of(row(TextRecord.faulty(1, "it cannot be read: " + e.getMessage()), 0))
          .iterator();
    }
  }

  private FileText text(Optional<Charset> told) throws IOException {
    return content == null
        ? FileText.open(Path.of(path), told)
        : FileText.of(new ByteArrayInputStream(content.value()), Path.of(path), told);
  }

  private void close(FileText text) {
    try {
      text.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot close " + path, e);
    }
  }

  private Row row(TextRecord record, long position) {
    Object[] values = new Object[columns.length + 3];
    String fault = record.fault();
    if (fault == null && record.values().size() != columns.length) {
      fault =
          "it has %d columns, and the header %d. Correct the line, or the header"
              .formatted(record.values().size(), columns.length);
    }
    for (int i = 0; fault == null && i < columns.length; i++) {
      values[i] = record.values().get(i);
    }
    values[columns.length] = fault;
    values[columns.length + 1] = record.line();
    values[columns.length + 2] = position;
    return RowFactory.create(values);
  }

  private final class Rows implements Iterator<Row> {
    private final RecordReader reader;
    private TextRecord upcoming;
    private long position;

    Rows(RecordReader reader) {
      this.reader = reader;
    }

    @Override
    public boolean hasNext() {
      if (upcoming == null && position < limit) {
        upcoming = reader.next();
      }
      return upcoming != null;
    }

    @Override
    public Row next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Row row = row(upcoming, position++);
      upcoming = null;
      return row;
    }
  }
}
