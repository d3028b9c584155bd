package io.tidemark.local.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LakeFilesTest {
  @TempDir private Path folder;

  @Test
  void dataAndMetadataOfBothFormatsAreCountedApart() throws Exception {
    write("shop/lines/date=2026-01-01/a.parquet", 5);
    write("shop/view/data/date=2026-01-01/b.parquet", 7);
    write("shop/lines/_delta_log/00000000000000000000.json", 11);
    write("shop/lines/_delta_log/_sidecars/x.parquet", 13);
    write("shop/view/metadata/v1.metadata.json", 17);

    assertThat(LakeFiles.of(folder)).isEqualTo(new LakeFiles(2, 12, 3, 41));
  }

  /** What lies above the warehouse may have any name. */
  @Test
  void theWarehouseItselfMayBeCalledMetadata() throws Exception {
    write("metadata/shop/lines/a.parquet", 5);

    assertThat(LakeFiles.of(folder.resolve("metadata"))).isEqualTo(new LakeFiles(1, 5, 0, 0));
  }

  private void write(String path, int bytes) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.write(file, new byte[bytes]);
  }
}
