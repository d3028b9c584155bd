package io.tidemark.local.bench;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * What lies in a warehouse. Checksums beside files count as files.
 *
 * @param metadataFiles those of Delta's logs and of Iceberg's metadata folders
 */
record LakeFiles(long dataFiles, long dataBytes, long metadataFiles, long metadataBytes) {
  private static final Set<String> METADATA = Set.of("_delta_log", "metadata");

  static LakeFiles of(Path warehouse) throws IOException {
    Count count = new Count(warehouse);
    Files.walkFileTree(warehouse, count);
    return new LakeFiles(
        count.dataFiles, count.dataBytes, count.metadataFiles, count.metadataBytes);
  }

  private static final class Count extends SimpleFileVisitor<Path> {
    private final Path warehouse;
    private long dataFiles;
    private long dataBytes;
    private long metadataFiles;
    private long metadataBytes;

    Count(Path warehouse) {
      this.warehouse = warehouse;
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      for (Path folder : warehouse.relativize(file)) {
        if (METADATA.contains(folder.toString())) {
          metadataFiles++;
          metadataBytes += attributes.size();
          return FileVisitResult.CONTINUE;
        }
      }
      dataFiles++;
      dataBytes += attributes.size();
      return FileVisitResult.CONTINUE;
    }

    /** A running stream or its maintenance has just taken the file away. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException gone) throws IOException {
      if (gone instanceof java.nio.file.NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw gone;
    }
  }
}
