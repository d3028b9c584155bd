package io.tidemark.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.fs.FileAlreadyExistsException;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalFilesTest {
  @TempDir private java.nio.file.Path folder;
  private final Configuration settings = new Configuration();
  private FileSystem files;

  @BeforeEach
  void open() throws Exception {
    LocalFiles.SETTINGS.forEach(
        (name, value) -> settings.set(name.replace("spark.hadoop.", ""), value));
    files = FileSystem.newInstance(URI.create("file:///"), settings);
  }

  @Test
  void filesAndFoldersHaveThePermissionsAskedFor() throws Exception {
    Path file = path("🫖 file");
    files
        .create(file, FsPermission.createImmutable((short) 0640), true, 512, (short) 1, 512, null)
        .close();
    files.setPermission(path("🫖 file"), FsPermission.createImmutable((short) 0461));
    files.mkdirs(path("folder"));
    files.setPermission(path("folder"), FsPermission.createImmutable((short) 0711));

    assertThat(permissions("🫖 file")).isEqualTo("r--rw---x");
    assertThat(permissions("folder")).isEqualTo("rwx--x--x");
  }

  @Test
  void whatWasOpenedBeforeTheyWereNamedDoesNotHideThem() throws Exception {
    URI root = URI.create("file:///");
    FileSystem.get(root, settings).close();
    assertThat(FileSystem.get(root, new Configuration())).isNotInstanceOf(LocalFiles.class);

    LocalFiles.replaceHadoops();

    assertThat(FileSystem.get(root, settings)).isInstanceOf(LocalFiles.class);
  }

  @Test
  void aRenameRefusesWhatIsThereUnlessToldToOverwrite() throws Exception {
    FileContext context = FileContext.getFileContext(URI.create("file:///"), settings);
    Files.writeString(folder.resolve("one"), "1");
    Files.writeString(folder.resolve("two"), "2");
    assertThatThrownBy(() -> context.rename(path("one"), path("two")))
        .isInstanceOf(FileAlreadyExistsException.class);

    context.rename(path("one"), path("two"), Options.Rename.OVERWRITE);

    assertThat(folder.resolve("two")).hasContent("1");
    assertThat(folder.resolve("one")).doesNotExist();
  }

  @Test
  void ofManyWhoMakeAFileAtOnceOneDoes() throws Exception {
    CheckpointFiles checkpoint = new CheckpointFiles(new Path(folder.toString()), settings);
    // Left of a file that somebody has deleted.
    try (var out = files.create(path("7"))) {
      out.writeBytes("planned before");
    }
    Files.delete(folder.resolve("7"));

    List<Integer> made =
        IntStream.range(0, 16)
            .parallel()
            .filter(each -> checkpoint.createWhole("7", "by " + each))
            .boxed()
            .toList();

    assertThat(made).hasSize(1);
    assertThat(checkpoint.text("7")).isEqualTo("by " + made.get(0));
    try (var names = Files.list(folder)) {
      assertThat(names).containsExactly(folder.resolve("7"));
    }
  }

  @Test
  void aDamagedFileIsNoticed() throws Exception {
    try (var out = files.create(path("file"))) {
      out.writeBytes("sound");
    }
    Files.writeString(folder.resolve("file"), "wrong");
    assertThatThrownBy(() -> files.open(path("file")).readAllBytes())
        .isInstanceOf(ChecksumException.class);
  }

  @Test
  void aLakeUsesThem() {
    try (TestLake lake = TestLake.in(folder)) {
      Configuration ofSpark = lake.spark().sparkContext().hadoopConfiguration();
      assertThat(ofSpark.get("fs.file.impl")).isEqualTo(LocalFiles.class.getName());
      assertThat(ofSpark.get("fs.AbstractFileSystem.file.impl"))
          .isEqualTo(LocalFiles.Context.class.getName());
    }
  }

  private Path path(String name) {
    return new Path(folder.resolve(name).toString());
  }

  private String permissions(String name) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name)));
  }
}
