package io.tidemark.local;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * A tar.gz of a server, of which only some files are wanted. Its entries may be links to others,
 * also to such as are not wanted by themselves.
 *
 * @param read told how many bytes of the archive have been read, over both passes
 */
record ServerArchive(Path file, Predicate<String> wanted, LongConsumer read) {
  private static final int BUFFER = 1 << 16;

  /** What is done with an entry, named without the archive's first folder. */
  private interface Visit {
    void entry(String name, TarArchiveEntry entry, InputStream content) throws IOException;
  }

  /** How many bytes will have been read when {@link #unpackInto} is through. */
  static long work(Path file) throws IOException {
    return 2 * Files.size(file);
  }

  /**
   * @throws IOException if the archive is cut off or damaged; the folder is then not complete
   */
  void unpackInto(Path folder) throws IOException {
    Set<String> targets = new HashSet<>();
    pass(
        0,
        (name, entry, content) -> {
          if (entry.isLink() && wanted.test(name)) {
            targets.add(inner(entry.getLinkName()));
          }
        });
    targets.removeIf(wanted);
    pass(
        Files.size(file),
        (name, entry, content) -> {
          if (wanted.test(name) || targets.contains(name)) {
            unpack(within(folder, name), entry, content, folder);
          }
        });
    for (String target : targets) {
      deleteWithEmptyFolders(within(folder, target), folder);
    }
  }

  private static void deleteWithEmptyFolders(Path file, Path root) throws IOException {
    Files.delete(file);
    for (Path parent = file.getParent(); !parent.equals(root); parent = parent.getParent()) {
      try (Stream<Path> others = Files.list(parent)) {
        if (others.findAny().isPresent()) {
          return;
        }
      }
      Files.delete(parent);
    }
  }

  private void pass(long before, Visit visit) throws IOException {
    try (InputStream bytes =
            new BufferedInputStream(new Counted(Files.newInputStream(file), before), BUFFER);
        InputStream content = new GZIPInputStream(bytes, BUFFER);
        TarArchiveInputStream tar = new TarArchiveInputStream(content)) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        visit.entry(inner(entry.getName()), entry, tar);
      }
      // Only whoever reads to the end has compared the checksum, which stands there.
      content.transferTo(OutputStream.nullOutputStream());
    }
  }

  private static void unpack(Path to, TarArchiveEntry entry, InputStream content, Path folder)
      throws IOException {
    if (entry.isDirectory()) {
      return;
    }
    Files.createDirectories(to.getParent());
    if (entry.isLink()) {
      link(to, within(folder, inner(entry.getLinkName())));
    } else if (entry.isFile()) {
      Files.copy(content, to);
      if (Files.size(to) != entry.getSize()) {
        throw new EOFException(entry.getName() + " is cut off");
      }
    } else {
      throw new IOException("%s is neither a file nor a link to one".formatted(entry.getName()));
    }
  }

  private static void link(Path to, Path existing) throws IOException {
    try {
      Files.createLink(to, existing);
    } catch (UnsupportedOperationException | java.nio.file.FileSystemException unsupported) {
      Files.copy(existing, to);
    }
  }

  private static String inner(String name) {
    return name.substring(name.indexOf('/') + 1);
  }

  private static Path within(Path folder, String name) throws IOException {
    Path path = folder.resolve(name).normalize();
    if (!path.startsWith(folder)) {
      throw new IOException("%s would be outside of %s".formatted(name, folder));
    }
    return path;
  }

  private final class Counted extends FilterInputStream {
    private long count;

    private Counted(InputStream in, long before) {
      super(in);
      this.count = before;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = super.read(buffer, offset, length);
      count += Math.max(read, 0);
      ServerArchive.this.read.accept(count);
      return read;
    }
  }
}
