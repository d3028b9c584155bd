package io.tidemark.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** How far a query over one table has read, as Spark keeps it. */
record StreamCheckpoint(Path root, Configuration hadoop) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A version line and a line of metadata stand before the offset of each source. */
  private static final int OFFSET = 2;

  StreamCheckpoint(Path root, SparkSession spark) {
    this(root, spark.sessionState().newHadoopConf());
  }

  /** Whether Spark has planned a batch. */
  boolean hasBegun() {
    return last("offsets").isPresent();
  }

  /** Where the last batch that is done has ended; empty if there is none. */
  Optional<JsonNode> offset() {
    OptionalLong batch = last("commits");
    if (batch.isEmpty()) {
      return Optional.empty();
    }
    List<String> lines = text(new Path(root, "offsets/" + batch.getAsLong())).lines().toList();
    if (lines.size() != OFFSET + 1) {
      throw new IllegalStateException(
          "Cannot read batch %d from the checkpoint %s: its offsets have %d lines, and those of a query over one table have %d"
              .formatted(batch.getAsLong(), root, lines.size(), OFFSET + 1));
    }
    return Optional.of(json(lines.get(OFFSET)));
  }

  /** Where batch 0 begins, as Iceberg keeps it. */
  Optional<JsonNode> initialOffset() {
    Path file = initialOffsetFile();
    return exists(file) ? Optional.of(json(text(file))) : Optional.empty();
  }

  void keepInitialOffset(JsonNode offset) {
    Path file = initialOffsetFile();
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(JSON.writeValueAsBytes(offset));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file, e);
    }
  }

  private Path initialOffsetFile() {
    return new Path(root, "sources/0/offsets/0");
  }

  private OptionalLong last(String log) {
    Path folder = new Path(root, log);
    try {
      FileSystem files = folder.getFileSystem(hadoop);
      FileStatus[] entries = files.exists(folder) ? files.listStatus(folder) : new FileStatus[0];
      return Arrays.stream(entries)
          .map(entry -> entry.getPath().getName())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(Long::parseLong)
          .max();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the checkpoint " + root, e);
    }
  }

  private boolean exists(Path file) {
    try {
      return file.getFileSystem(hadoop).exists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot look for " + file, e);
    }
  }

  private String text(Path file) {
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read " + file, e);
    }
  }

  private JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot parse the checkpoint " + root, e);
    }
  }
}
