package io.tidemark.table;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.LongStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/** The files of a checkpoint, Spark's and ours, by their names below it. All are small texts. */
public record CheckpointFiles(Path root, Configuration hadoop) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Written to learn what time the machine makes it that has the files. */
  private static final String CLOCK = ".clock";

  /** A checkpoint below this one. */
  public CheckpointFiles at(String name) {
    return new CheckpointFiles(path(name), hadoop);
  }

  public Path path(String name) {
    return new Path(root, name);
  }

  public boolean has(String name) {
    Path file = path(name);
    try {
      return file.getFileSystem(hadoop).exists(file);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  public String text(String name) {
    Path file = path(name);
    try (InputStream in = file.getFileSystem(hadoop).open(file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /** The text of a file, or a line of it, as JSON. */
  public JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot parse the checkpoint " + root, e);
    }
  }

  /** A run that is killed while it writes may leave a part of the text. */
  public void write(String name, String text) {
    Path file = path(name);
    try (OutputStream out = file.getFileSystem(hadoop).create(file, true)) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /**
   * Makes a file that is not there, with all of the text.
   *
   * @return false, and nothing changes, if it is
   */
  public boolean createWhole(String name, String text) {
    Path whole = path(name);
    try {
      FileSystem files = whole.getFileSystem(hadoop);
      if (files.getScheme().equals("file")) {
        LocalFiles.createWhole(Paths.get(whole.toUri().getPath()), text);
      } else if (NewFile.isMadeAt(files)) {
        // It has no rename, and needs none: a file is there once it is closed.
        NewFile.write(files, whole, text);
      } else {
        createWhole(files, whole, text);
      }
      return true;
    } catch (java.nio.file.FileAlreadyExistsException | FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s: %s".formatted(whole, e.getMessage()), e);
    }
  }

  private void createWhole(FileSystem files, Path whole, String text) throws IOException {
    Path part =
        new Path(whole.getParent(), ".%s.%s.part".formatted(whole.getName(), UUID.randomUUID()));
    try {
      try (OutputStream out = files.create(part, false)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      rename(files, part, whole);
    } finally {
      files.delete(part, false);
    }
  }

  private void rename(FileSystem files, Path part, Path whole) throws IOException {
    FileContext context;
    try {
      context = FileContext.getFileContext(whole.toUri(), hadoop);
    } catch (UnsupportedFileSystemException e) {
      // As Spark does with its own files where Hadoop has nothing better.
      if (files.exists(whole)) {
        throw new FileAlreadyExistsException(whole.toString());
      }
      if (!files.rename(part, whole)) {
        throw new IOException("Cannot rename " + part);
      }
      return;
    }
    // Unlike that of a FileSystem, this one refuses to replace a file.
    context.rename(part, whole);
  }

  /**
   * Makes a file that is not there.
   *
   * @return false, and nothing changes, if it is
   */
  public boolean create(String name, String text) {
    Path file = path(name);
    try {
      FileSystem files = file.getFileSystem(hadoop);
      if (files.getScheme().equals("file")) {
        // Hadoop looks first and makes it then, and two may do so at once.
        java.nio.file.Path local = Paths.get(file.toUri().getPath());
        Files.createDirectories(local.getParent());
        Files.writeString(local, text, StandardOpenOption.CREATE_NEW);
        return true;
      }
      if (NewFile.isMadeAt(files)) {
        NewFile.write(files, file, text);
        return true;
      }
      try (OutputStream out = files.create(file, false)) {
        out.write(text.getBytes(StandardCharsets.UTF_8));
      }
      return true;
    } catch (java.nio.file.FileAlreadyExistsException | FileAlreadyExistsException e) {
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write %s: %s".formatted(file, e.getMessage()), e);
    }
  }

  /** Deletes a file, if it is there. */
  public void delete(String name) {
    Path file = path(name);
    try {
      file.getFileSystem(hadoop).delete(file, false);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + file, e);
    }
  }

  /** Deletes a file or a folder with all that is in it, if it is there. */
  public void deleteAll(Path path) {
    try {
      path.getFileSystem(hadoop).delete(path, true);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot delete " + path, e);
    }
  }

  /** When a file was written last, if it is there. */
  public Optional<Instant> modified(String name) {
    Path file = path(name);
    try {
      return Optional.of(
          Instant.ofEpochMilli(
              file.getFileSystem(hadoop).getFileStatus(file).getModificationTime()));
    } catch (FileNotFoundException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /**
   * What time it is by the clock that {@link #modified} goes by, which may be another machine's.
   */
  public Instant now() {
    try {
      if (root.getFileSystem(hadoop).getUri().getScheme().equals("file")) {
        return Instant.now();
      }
    } catch (IOException e) {
      throw unreadable(root, e);
    }
    write(CLOCK, "");
    return modified(CLOCK).orElseThrow();
  }

  /** The names of the files in it that are not hidden. */
  public List<String> names() {
    try {
      FileSystem files = root.getFileSystem(hadoop);
      FileStatus[] entries = files.exists(root) ? files.listStatus(root) : new FileStatus[0];
      return Arrays.stream(entries)
          .map(entry -> entry.getPath().getName())
          .filter(name -> !name.startsWith("."))
          .toList();
    } catch (IOException e) {
      throw unreadable(root, e);
    }
  }

  /** The files of a folder that are named by a number, as Spark names those of a batch. */
  public LongStream numbers(String folder) {
    Path path = folder.isEmpty() ? root : path(folder);
    try {
      FileSystem files = path.getFileSystem(hadoop);
      FileStatus[] entries = files.exists(path) ? files.listStatus(path) : new FileStatus[0];
      return Arrays.stream(entries)
          .map(entry -> entry.getPath().getName())
          .filter(name -> name.matches("\\d+"))
          .mapToLong(Long::parseLong);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static UncheckedIOException unreadable(Path file, IOException cause) {
    return new UncheckedIOException("Cannot read " + file, cause);
  }
}
