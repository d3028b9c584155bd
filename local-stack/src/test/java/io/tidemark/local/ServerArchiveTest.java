package io.tidemark.local;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerArchiveTest {
  private static final List<String> FILES =
      List.of("lib/core.jar", "plugin/unwanted/shared.jar", "plugin/unwanted/own.jar");
  private static final List<List<String>> LINKS =
      List.of(
          List.of("plugin/wanted/core.jar", "lib/core.jar"),
          List.of("plugin/wanted/shared.jar", "plugin/unwanted/shared.jar"),
          List.of("plugin/other/core.jar", "lib/core.jar"));

  @TempDir Path folder;

  @Test
  void whatIsWantedIsThereAlsoWhereItIsALinkToWhatIsNotAndNothingElse() throws IOException {
    Path file = archive(FILES, LINKS);
    AtomicLong read = new AtomicLong();
    unpack(file, read);
    assertThat(filesUnder(target()))
        .containsExactlyInAnyOrder(
            "lib/core.jar", "plugin/wanted/core.jar", "plugin/wanted/shared.jar");
    assertThat(target().resolve("plugin/unwanted")).doesNotExist();
    assertThat(target().resolve("plugin/wanted/core.jar")).hasContent("lib/core.jar");
    assertThat(target().resolve("plugin/wanted/shared.jar"))
        .hasContent("plugin/unwanted/shared.jar");
    assertThat(read).hasValue(ServerArchive.work(file));
  }

  @Test
  void aCutOffArchiveIsNotTakenForAWholeOne() throws IOException {
    Path file = archive(FILES, LINKS);
    byte[] bytes = Files.readAllBytes(file);
    for (int missing : List.of(1, 8, bytes.length / 2)) {
      Files.write(file, Arrays.copyOf(bytes, bytes.length - missing));
      assertThatThrownBy(() -> unpack(file, new AtomicLong())).isInstanceOf(IOException.class);
    }
  }

  @Test
  void aDamagedArchiveIsRefused() throws IOException {
    Path file = archive(FILES, LINKS);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 6] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> unpack(file, new AtomicLong())).isInstanceOf(IOException.class);
  }

  @Test
  void nothingIsWrittenOutsideOfTheFolder() throws IOException {
    Path file = archive(List.of("lib/../../outside.jar"), List.of());
    assertThatThrownBy(() -> unpack(file, new AtomicLong()))
        .hasMessageContaining("would be outside of");
    assertThat(folder.resolve("outside.jar")).doesNotExist();
  }

  private void unpack(Path file, AtomicLong read) throws IOException {
    FileTree.delete(target());
    new ServerArchive(file, name -> name.matches("lib/.*|plugin/wanted/.*"), read::set)
        .unpackInto(target());
  }

  private Path target() {
    return folder.resolve("target");
  }

  /** Every file holds its own name. */
  private Path archive(List<String> files, List<List<String>> links) throws IOException {
    Path file = folder.resolve("server.tar.gz");
    try (var tar =
        new TarArchiveOutputStream(
            new java.util.zip.GZIPOutputStream(Files.newOutputStream(file)))) {
      for (String name : files) {
        byte[] content = name.getBytes(UTF_8);
        TarArchiveEntry entry = new TarArchiveEntry("server-1/" + name, true);
        entry.setSize(content.length);
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
      for (List<String> link : links) {
        TarArchiveEntry entry =
            new TarArchiveEntry("server-1/" + link.get(0), TarConstants.LF_LINK);
        entry.setLinkName("server-1/" + link.get(1));
        tar.putArchiveEntry(entry);
        tar.closeArchiveEntry();
      }
    }
    return file;
  }

  private static List<String> filesUnder(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .toList();
    }
  }
}
