package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeltaRegisterTest {
  @TempDir Path folder;
  private Path warehouse;
  private Path metastore;
  private DeltaRegister register;

  @BeforeEach
  void inAFolderOfAnyName() throws IOException {
    Path lake = folder.resolve("o'brien's \"B\\üro\" 100% 🙂");
    warehouse = lake.resolve("warehouse");
    metastore = Files.createDirectories(lake.resolve("metastore"));
    register = new DeltaRegister(warehouse, metastore, "476");
  }

  @Test
  void aLakeWithoutTablesHasNoEntries() throws IOException {
    register.update();
    assertThat(metastore).isEmptyDirectory();
  }

  @Test
  void aTableIsEnteredOnceItHasACommit() throws IOException {
    Path log = Files.createDirectories(warehouse.resolve("retail/events/_delta_log"));
    Files.createFile(log.resolve(".s3-optimization-0"));
    register.update();
    assertThat(metastore).isEmptyDirectory();

    Files.createFile(log.resolve("00000000000000000007.json"));
    register.update();
    var entry =
        new ObjectMapper().readTree(metastore.resolve("retail/events/.trinoSchema").toFile());
    assertThat(entry.path("externalLocation").asText())
        .isEqualTo("file://" + warehouse.resolve("retail/events"));
    assertThat(entry.path("writerVersion").asText()).isEqualTo("476");
    assertThat(metastore.resolve(".retail.trinoSchema")).isNotEmptyFile();
  }

  @Test
  void aTableThatIsGoneIsStruckOutAndTheLastOneTakesItsSchemaAlong() throws IOException {
    table("retail/events");
    table("retail/sales");
    table("ops/ledger");
    register.update();
    FileTree.delete(warehouse.resolve("retail/sales"));
    FileTree.delete(warehouse.resolve("ops"));
    register.update();
    assertThat(metastore.resolve("retail/events")).isNotEmptyDirectory();
    assertThat(metastore.resolve("retail/sales")).doesNotExist();
    assertThat(metastore.resolve(".ops.trinoSchema")).doesNotExist();
    assertThat(metastore.resolve("ops")).doesNotExist();
  }

  @Test
  void foldersThatAreNoTablesOfALakeAreLeftAlone() throws IOException {
    table("retail/Events");
    table("retail/_staging");
    Files.createDirectories(warehouse.resolve("retail/sales/metadata"));
    Files.createFile(warehouse.resolve("retail/_SUCCESS"));
    register.update();
    assertThat(metastore).isEmptyDirectory();
  }

  private void table(String name) throws IOException {
    Path log = Files.createDirectories(warehouse.resolve(name).resolve("_delta_log"));
    Files.createFile(log.resolve("00000000000000000000.json"));
  }
}
