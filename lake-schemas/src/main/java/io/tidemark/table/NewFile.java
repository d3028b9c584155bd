package io.tidemark.table;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.FSDataOutputStreamBuilder;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A file on S3 that is made only if none of its name is there, whoever else makes it at the same
 * time. It is kept in memory until this is closed, and is there, whole, afterwards. S3 refuses the
 * second one itself ({@code If-None-Match: *}): neither a look beforehand nor a rename could.
 */
public final class NewFile extends ByteArrayOutputStream {
  /** The scheme of Hadoop's client for S3. */
  public static final String SCHEME = "s3a";

  private static final String CONDITION = "fs.option.create.conditional.overwrite";

  /** Stored with the file, and by it a writer knows its own. */
  private static final String WRITER = "tidemark-writer";

  /** As the client for S3 says it, whose own classes need not be there. */
  private static final String CONFLICT = "Status Code: 409";

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LAST_PAUSE = Duration.ofSeconds(4);

  private final FileSystem files;
  private final Path path;
  private final String writer = UUID.randomUUID().toString();
  private boolean isEnded;

  /**
   * @param files a file system on S3
   */
  public NewFile(FileSystem files, Path path) {
    this.files = files;
    this.path = path;
  }

  /** Whether files of this place are made so. */
  public static boolean isMadeAt(FileSystem files) {
    return SCHEME.equals(files.getUri().getScheme());
  }

  /**
   * Writes all of a text to S3, or nothing.
   *
   * @throws FileAlreadyExistsException if a file of that name is there
   * @throws IllegalArgumentException if Hadoop's client for S3 is too old to ask for it
   */
  public static void write(FileSystem files, Path path, String text) throws IOException {
    NewFile file = new NewFile(files, path);
    file.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    file.close();
  }

  /** The same in place of what is there. */
  public static void overwrite(FileSystem files, Path path, String text) throws IOException {
    fill(files.create(path, true), text.getBytes(StandardCharsets.UTF_8));
  }

  /** To close what could not be written would make a part of it the file. */
  private static void fill(FSDataOutputStream out, byte[] bytes) throws IOException {
    try {
      out.write(bytes);
    } catch (IOException | RuntimeException e) {
      out.abort();
      throw e;
    }
    out.close();
  }

  /** Makes nothing; to close it afterwards makes nothing either. */
  public void abort() {
    isEnded = true;
  }

  /**
   * Makes the file.
   *
   * @throws FileAlreadyExistsException if another one of that name is there
   * @throws IllegalArgumentException if Hadoop's client for S3 is too old to ask for it
   */
  @Override
  public void close() throws IOException {
    if (isEnded) {
      return;
    }
    isEnded = true;
    Duration pause = FIRST_PAUSE;
    while (!isMade(pause.compareTo(LAST_PAUSE) < 0)) {
      await(pause);
      pause = pause.multipliedBy(2);
    }
  }

  /**
   * Tries to make it.
   *
   * @param again whether it may be tried again
   * @return false if S3 asks for that: another request for the same name is under way
   */
  private boolean isMade(boolean again) throws IOException {
    try {
      fill(create(), toByteArray());
      return true;
    } catch (IOException e) {
      // A request whose answer was lost is sent again, and then this very file is in its way.
      if (isOurs(e)) {
        return true;
      }
      if (again && String.valueOf(e.getMessage()).contains(CONFLICT)) {
        return false;
      }
      throw e;
    }
  }

  private FSDataOutputStream create() throws IOException {
    FSDataOutputStreamBuilder<?, ?> file = files.createFile(path);
    file.create().recursive();
    file.must(CONDITION, true);
    file.must("fs.s3a.create.header." + WRITER, writer);
    return file.build();
  }

  private static void await(Duration pause) throws IOException {
    LockSupport.parkNanos(pause.toNanos());
    if (Thread.currentThread().isInterrupted()) {
      throw new InterruptedIOException("Interrupted while another request was under way");
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
