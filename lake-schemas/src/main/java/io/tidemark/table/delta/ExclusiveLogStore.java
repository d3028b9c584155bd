package io.tidemark.table.delta;

import io.delta.storage.HadoopFileSystemLogStore;
import io.tidemark.table.NewFile;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The log of Delta tables on S3, to which several processes may commit: of two commits of one
 * version S3 takes one. Delta's own store for S3 looks first and writes then, and so the later of
 * two would replace the earlier.
 */
public final class ExclusiveLogStore extends HadoopFileSystemLogStore {
  /** Delta's setting for the store of a scheme, fixed when Spark starts. */
  public static final String SETTING = "spark.delta.logStore." + NewFile.SCHEME + ".impl";

  /** Delta calls it. */
  public ExclusiveLogStore(Configuration hadoop) {
    super(hadoop);
  }

  /**
   * @throws java.nio.file.FileAlreadyExistsException if the file is there and is not to be replaced
   */
  @Override
  public void write(Path path, Iterator<String> lines, Boolean overwrite, Configuration hadoop)
      throws IOException {
    // Whole before anything is written: a stream that is closed early would be a whole file, too.
    StringBuilder text = new StringBuilder();
    lines.forEachRemaining(line -> text.append(line).append('\n'));
    FileSystem files = path.getFileSystem(hadoop);
    if (overwrite) {
      NewFile.overwrite(files, path, text.toString());
      return;
    }
    try {
      NewFile.write(files, path, text.toString());
    } catch (FileAlreadyExistsException e) {
      throw (IOException)
          new java.nio.file.FileAlreadyExistsException(path.toString()).initCause(e);
    }
  }

  @Override
  public Boolean isPartialWriteVisible(Path path, Configuration hadoop) {
    return false;
  }
}
