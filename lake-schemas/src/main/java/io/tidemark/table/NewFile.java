package io.tidemark.table;

import java.io.FileNotFoundException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file on S3 that is made only if none of its name is there, whoever else makes it at the same
 * time. It is there, whole, once this is closed. S3 refuses the second one itself ({@code
 * If-None-Match: *}): neither a look beforehand nor a rename could.
 */
public final class NewFile extends FilterOutputStream {
  /** The scheme of Hadoop's client for S3. */
  public static final String SCHEME = "s3a";

  private static final String CONDITION = "fs.option.create.conditional.overwrite";

  /** Stored with the file, and by it a writer knows its own. */
  private static final String WRITER = "tidemark-writer";

  private final FileSystem files;
  private final Path path;
  private final String writer;
  private boolean isEnded;

  private NewFile(OutputStream out, FileSystem files, Path path, String writer) {
    super(out);
    this.files = files;
    this.path = path;
    this.writer = writer;
  }

  /**
   * @param files a file system on S3
   * @throws IllegalArgumentException if Hadoop's client for S3 is too old to ask for it
   */
  public static NewFile on(FileSystem files, Path path) throws IOException {
    String writer = UUID.randomUUID().toString();
    FSDataOutputStreamBuilder<?, ?> file = files.createFile(path);
    file.create().recursive();
    file.must(CONDITION, true);
    file.must("fs.s3a.create.header." + WRITER, writer);
    return new NewFile(file.build(), files, path, writer);
  }

  /** Whether files of this place are made so. */
  public static boolean isMadeAt(FileSystem files) {
    return SCHEME.equals(files.getUri().getScheme());
  }

  /**
   * Writes all of a text to S3, or nothing.
   *
   * @throws FileAlreadyExistsException if a file of that name is there
   */
  public static void write(FileSystem files, Path path, String text) throws IOException {
    NewFile file = on(files, path);
    file.fill(text);
    file.close();
  }

  /** The same in place of what is there. */
  public static void overwrite(FileSystem files, Path path, String text) throws IOException {
    FSDataOutputStream out = files.create(path, true);
    new NewFile(out, files, path, "").fill(text);
    out.close();
  }

  /** To close what could not be written would make a part of it the file. */
  private void fill(String text) throws IOException {
    try {
      write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException | RuntimeException e) {
      abort();
      throw e;
    }
  }

  @Override
  public void write(byte[] bytes, int from, int count) throws IOException {
    out.write(bytes, from, count);
  }

  /** Makes nothing; to close it afterwards makes nothing either. */
  public void abort() {
    if (!isEnded) {
      isEnded = true;
      ((FSDataOutputStream) out).abort();
    }
  }

  /**
   * Makes the file.
   *
   * @throws FileAlreadyExistsException if another one of that name is there
   */
  @Override
  public void close() throws IOException {
    if (isEnded) {
      return;
    }
    isEnded = true;
    try {
      out.close();
    } catch (IOException e) {
      // A request whose answer was lost is sent again, and then this very file is in its way.
      if (!isOurs(e)) {
        throw e;
      }
    }
  }

  private boolean isOurs(IOException failure) throws IOException {
    try {
      byte[] there = files.getXAttr(path, "header." + WRITER);
      if (Arrays.equals(there, writer.getBytes(StandardCharsets.UTF_8))) {
        return true;
      }
    } catch (FileNotFoundException e) {
      return false;
    } catch (IOException e) {
      failure.addSuppressed(e);
      return false;
    }
    FileAlreadyExistsException taken = new FileAlreadyExistsException(path + " is there already");
    taken.initCause(failure);
    throw taken;
  }
}
