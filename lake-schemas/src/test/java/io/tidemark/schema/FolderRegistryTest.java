package io.tidemark.schema;

import static io.tidemark.schema.SaleRecords.READER;
import static io.tidemark.schema.SaleRecords.without;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
