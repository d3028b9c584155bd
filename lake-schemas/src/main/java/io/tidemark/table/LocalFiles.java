package io.tidemark.table;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFs;
import org.apache.hadoop.fs.DelegateToFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FsServerDefaults;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.RawLocalFileSystem;
import org.apache.hadoop.fs.local.LocalConfigKeys;
import org.apache.hadoop.fs.permission.FsPermission;

/**
 * The files of this machine, as Hadoop's own local file system has them but for one thing: without
 * its native library, which few machines have, Hadoop starts a process {@code chmod} for every file
 * that it creates and {@code readlink} for every one that it renames. A commit took seconds.
 */
public final class LocalFiles extends LocalFileSystem {
  private static final String SCHEME = "file";

  /** Hadoop's settings that put it in place, as Spark properties. */
  public static final Map<String, String> SETTINGS =
      Map.of(
          "spark.hadoop.fs.file.impl", LocalFiles.class.getName(),
          "spark.hadoop.fs.AbstractFileSystem.file.impl", Context.class.getName());

  public LocalFiles() {
    super(new Raw());
  }

  /**
   * Lets go of Hadoop's own, if the process has that one already: what submits a program to Spark
   * looks at its jars with it, before the program can name another. To be called before Spark is
   * started with the {@link #SETTINGS}.
   */
  public static void replaceHadoops() {
    try {
      FileSystem present = FileSystem.get(URI.create(SCHEME + ":///"), new Configuration(false));
      if (!(present instanceof LocalFiles)) {
        present.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot open the files of this machine", e);
    }
  }

  /**
   * Makes a file that is not there, with all of a text, or nothing.
   *
   * @throws FileAlreadyExistsException if it is
   */
  static void createWhole(java.nio.file.Path whole, String text) throws IOException {
    String name = whole.getFileName().toString();
    java.nio.file.Path part =
        whole.resolveSibling(".%s.%s.part".formatted(name, UUID.randomUUID()));
    if (Files.notExists(whole)) {
      // Left of another file, and Hadoop would check this one by it.
      Files.deleteIfExists(whole.resolveSibling(".%s.crc".formatted(name)));
    }
    try {
      Files.writeString(part, text, StandardOpenOption.CREATE_NEW);
      link(part, whole);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void link(java.nio.file.Path part, java.nio.file.Path whole) throws IOException {
    try {
      // Unlike a rename, it never replaces a file.
      Files.createLink(whole, part);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (FileSystemException | UnsupportedOperationException e) {
      // Some disks have no links. Java looks first then, and renames.
      Files.move(part, whole);
    }
  }

  /** The same for {@link org.apache.hadoop.fs.FileContext}, which renames atomically. */
  public static final class Context extends ChecksumFs {
    public Context(URI ignored, Configuration conf) throws IOException, URISyntaxException {
      super(new RawContext(conf));
    }
  }

  private static final class RawContext extends DelegateToFileSystem {
    RawContext(Configuration conf) throws IOException, URISyntaxException {
      super(URI.create(SCHEME + ":///"), new Raw(), conf, SCHEME, false);
    }

    @Override
    public int getUriDefaultPort() {
      return -1;
    }

    @Override
    @Deprecated // In Hadoop; ChecksumFs calls it.
    public FsServerDefaults getServerDefaults() throws IOException {
      return LocalConfigKeys.getServerDefaults();
    }

    @Override
    public boolean isValidName(String name) {
      // Any name that the operating system takes.
      return true;
    }
  }

  private static final class Raw extends RawLocalFileSystem {
    @Override
    public void setPermission(Path path, FsPermission permission) throws IOException {
      var view =
          Files.getFileAttributeView(pathToFile(path).toPath(), PosixFileAttributeView.class);
      if (view == null || permission.getStickyBit()) {
        super.setPermission(path, permission);
      } else {
        view.setPermissions(PosixFilePermissions.fromString(permission.toString()));
      }
    }

    @Override
    public FileStatus getFileLinkStatus(Path path) throws IOException {
      return Files.isSymbolicLink(pathToFile(path).toPath())
          ? super.getFileLinkStatus(path)
          : getFileStatus(path);
    }
  }
}
