package io.tidemark.ops;

import io.tidemark.table.Lake;
import io.tidemark.table.LakeTable;
import io.tidemark.table.TableDefinition;
import java.util.Optional;

/** A table that is created when something is first said in it. */
final class MadeOnUse {
  private final Lake lake;
  private final TableDefinition definition;
  private LakeTable made;

  MadeOnUse(Lake lake, TableDefinition definition) {
    this.lake = lake;
    this.definition = definition;
  }

  /** As it is there, or created. */
  synchronized LakeTable make() {
    if (made == null) {
      made = lake.create(definition);
    }
    return made;
  }

  /** Empty if nobody has said anything yet. */
  synchronized Optional<LakeTable> find() {
    return made == null ? lake.find(definition) : Optional.of(made);
  }
}
