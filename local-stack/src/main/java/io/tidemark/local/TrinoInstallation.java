package io.tidemark.local;

import io.tidemark.output.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Properties;
import org.slf4j.LoggerFactory;

/**
 * Trino's files, fetched and unpacked once for all clones of Tidemark on a machine: what reads
 * tables of the lake, and nothing else of it.
 */
final class TrinoInstallation {
  private static final long ARCHIVE_MEGABYTES = 821;
  private static final long UNPACKED_MEGABYTES = 550;
  private static final String WANTED = "lib/.*|plugin/(iceberg|delta-lake|memory)/.*|NOTICE";

  private final Path caches;
  private final Path folder;
  private final String version;
  private final String fetchedBy;

  private TrinoInstallation(Path caches, Properties properties) {
    this.caches = caches;
    this.version = properties.getProperty("version");
    this.fetchedBy = properties.getProperty("fetched-by");
    this.folder = caches.resolve("trino-" + version);
  }

  static TrinoInstallation in(Path caches) {
    Properties properties = new Properties();
    try (InputStream file = TrinoInstallation.class.getResourceAsStream("trino.properties")) {
      properties.load(file);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tell which Trino to fetch", e);
    }
    return new TrinoInstallation(caches, properties);
  }

  String version() {
    return version;
  }

  /**
   * The folder with all of it, fetched before if it is not there.
   *
   * @throws IllegalStateException if the disk has too little room for it, or it cannot be fetched
   */
  Path require() {
    if (isComplete()) {
      return folder;
    }
    try {
      Files.createDirectories(caches);
      try (FileChannel channel =
              FileChannel.open(
                  caches.resolve(folder.getFileName() + ".lock"),
                  StandardOpenOption.CREATE,
                  StandardOpenOption.WRITE);
          FileLock lock = channel.lock()) {
        // Another process may have been installing it while this one waited.
        if (lock.isValid() && !isComplete()) {
          install();
        }
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "Cannot install Trino in %s: %s. Another try begins where Maven has the archive."
              .formatted(caches, e.getMessage() == null ? e : e.getMessage()),
          e);
    }
    return folder;
  }

  private boolean isComplete() {
    return Files.exists(folder.resolve(driver())) && FileList.holds(folder);
  }

  /** In a folder beside it, which takes its name when all of it is there. */
  private void install() throws IOException {
    Path unfinished = caches.resolve(folder.getFileName() + ".unfinished");
    FileTree.delete(unfinished);
    FileTree.delete(folder);
    CacheFolder.requireRoom(caches, "Trino " + version, ARCHIVE_MEGABYTES + UNPACKED_MEGABYTES);
    // Interrupted, it would leave more than a gigabyte of no use.
    Runtime.getRuntime().addShutdownHook(new Thread(() -> discard(unfinished)));
    try {
      Path archive = fetched(unfinished.resolve("archive"));
      Path files = unfinished.resolve("files");
      try (Progress progress =
          Progress.start("unpack Trino " + version, ServerArchive.work(archive) >> 20, "MB")) {
        new ServerArchive(archive, name -> name.matches(WANTED), read -> progress.to(read >> 20))
            .unpackInto(files);
      }
      Files.copy(driverJar(), files.resolve(driver()));
      FileList.write(files);
      Files.move(files, folder, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      discard(unfinished);
    }
  }

  /** What unpacks may go on for a moment; what it leaves is deleted before the next try. */
  private static void discard(Path unfinished) {
    for (int attempt = 0; attempt < 3 && Files.exists(unfinished); attempt++) {
      try {
        FileTree.delete(unfinished);
      } catch (IOException e) {
        LoggerFactory.getLogger(TrinoInstallation.class)
            .warn("Cannot delete {} yet", unfinished, e);
      }
    }
  }

  private Path fetched(Path folderOfArchive) throws IOException {
    Files.createDirectories(folderOfArchive);
    String artifact = "io.trino:trino-server:%s:tar.gz".formatted(version);
    new MavenFetch(fetchedBy, artifact, ARCHIVE_MEGABYTES).into(folderOfArchive);
    return folderOfArchive.resolve("trino-server-%s.tar.gz".formatted(version));
  }

  /** Trino brings no driver for the catalog of a local lake. */
  private static Path driver() {
    return Path.of("plugin", "iceberg", driverJar().getFileName().toString());
  }

  private static Path driverJar() {
    try {
      return Path.of(
          org.sqlite.JDBC.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("Cannot tell where the driver of SQLite is", e);
    }
  }
}
