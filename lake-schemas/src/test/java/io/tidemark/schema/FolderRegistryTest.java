package io.tidemark.schema;

import static io.tidemark.schema.SaleRecords.READER;
import static io.tidemark.schema.SaleRecords.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderRegistryTest {
  @TempDir private Path folder;
  private SchemaRegistry registry;

  @BeforeEach
  void open() {
    registry = SchemaRegistry.at(folder.toUri());
  }

  @Test
  void anIncompatibleSchemaIsNotRegistered() {
    registry.register("sales", without(READER, "country"));
    Schema demanding =
        SchemaBuilder.record("Sale").fields().requiredString("no_default").endRecord();

    assertThatThrownBy(() -> registry.register("sales", demanding))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("Cannot register schema 'Sale' under subject 'sales'");
  }

  @Test
  void theSameSchemaKeepsItsId() {
    int first = registry.register("sales", READER);

    assertThat(registry.register("sales", READER)).isEqualTo(first);
    assertThat(new FolderRegistry(folder).byId(first)).contains(READER);
    assertThat(new FolderRegistry(folder).register("other", without(READER, "country")))
        .isNotEqualTo(first);
  }

  @Test
  void aSchemaRefersToVersionsOfOtherSubjects() throws Exception {
    registry.register("place", SchemaBuilder.record("City").fields().endRecord());
    Files.writeString(folder.resolve("2.avsc"), "{\"type\":\"array\",\"items\":\"City\"}");
    Files.writeString(
        folder.resolve("ids.json"),
        """
        {"1": {"subject": "place", "file": "1.avsc"},
         "2": {"subject": "places", "file": "2.avsc", "references": [{"name": "City", "subject": "place", "version": 1}]},
         "3": {"subject": "more", "file": "2.avsc", "references": [{"name": "City", "subject": "place", "version": 2}]},
         "4": {"subject": "gone", "file": "4.avsc"},
         "5": {"subject": "other", "file": "2.avsc", "schemaType": "PROTOBUF"}}
        """);

    assertThat(registry.byId(2).orElseThrow().getElementType().getName()).isEqualTo("City");
    assertThatThrownBy(() -> registry.byId(3))
        .isInstanceOf(UnreadableSchemaException.class)
        .hasMessageContaining("version 2 of subject 'place'");
    assertThatThrownBy(() -> registry.byId(4))
        .isInstanceOf(UnreadableSchemaException.class)
        .hasMessageContaining("the file 4.avsc, which is not there");
    assertThatThrownBy(() -> registry.byId(5)).hasMessageContaining("of type PROTOBUF");
  }

  @Test
  void aFolderWhoseIdsAreNotJsonIsAway() throws Exception {
    for (String ids : new String[] {"", "[]", "{"}) {
      Files.writeString(folder.resolve("ids.json"), ids);
      assertThatThrownBy(() -> registry.byId(1)).isInstanceOf(RegistryUnavailableException.class);
    }
  }
}
