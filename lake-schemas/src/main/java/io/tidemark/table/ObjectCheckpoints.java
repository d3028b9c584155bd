package io.tidemark.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.streaming.checkpointing.CheckpointFileManager;
import org.apache.spark.sql.execution.streaming.checkpointing.FileSystemBasedCheckpointFileManager;

/**
 * Checkpoints of Spark's queries on S3. A file is there whole or not at all, without a rename,
 * which S3 does not have; and what two drivers plan for one batch, one of them cannot write.
 */
public final class ObjectCheckpoints extends FileSystemBasedCheckpointFileManager {
  /** What makes Spark use it. */
  public static final Map<String, String> SETTINGS =
      Map.of("spark.sql.streaming.checkpointFileManagerClass", ObjectCheckpoints.class.getName());

  private final FileSystem files;

  /** Spark calls it. */
  public ObjectCheckpoints(Path path, Configuration hadoop) throws IOException {
    super(path, hadoop);
    files = path.getFileSystem(hadoop);
    if (!NewFile.isMadeAt(files)) {
      throw new IllegalArgumentException(
          "Cannot keep the checkpoint %s so: this way is for %s alone"
              .formatted(path, NewFile.SCHEME));
    }
  }

  @Override
  public CheckpointFileManager.CancellableFSDataOutputStream createAtomic(
      Path path, boolean overwriteIfPossible) {
    try {
      return overwriteIfPossible
          ? new Written(files.create(path, true))
          : new Made(new NewFile(files, path));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s: %s".formatted(path, e.getMessage()), e);
    }
  }

  /** A file that takes the place of another. */
  private static final class Written extends CheckpointFileManager.CancellableFSDataOutputStream {
    private final FSDataOutputStream out;
    private boolean isEnded;

    Written(FSDataOutputStream out) {
      super(out);
      this.out = out;
    }

    @Override
    public void cancel() {
      if (!isEnded) {
        isEnded = true;
        out.abort();
      }
    }

    @Override
    public void close() throws IOException {
      if (!isEnded) {
        isEnded = true;
        out.close();
      }
    }
  }

  /** A file whose name is new. */
  private static final class Made extends CheckpointFileManager.CancellableFSDataOutputStream {
    private final NewFile out;

    Made(NewFile out) {
      super(out);
      this.out = out;
    }

    @Override
    public void cancel() {
      out.abort();
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }
}
