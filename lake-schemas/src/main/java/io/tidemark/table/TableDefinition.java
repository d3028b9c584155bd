package io.tidemark.table;

import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * What a table of the lake is to look like.
 *
 * @param name schema and table, for example {@code retail.events}
 * @param format how it is kept
 * @param columns its columns, in order
 * @param date the DATE column it is partitioned by, if any
 * @param pruning columns worth statistics, because readers select by them; all others go without
 */
public record TableDefinition(
    String name,
    TableFormat format,
    StructType columns,
    Optional<String> date,
    List<String> pruning) {
  public TableDefinition {
    pruning = List.copyOf(pruning);
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "Cannot name a table '%s': a name is schema.table, in lower case, digits and underscores"
              .formatted(name));
    }
  }

  /** Whether a definition could have this name. */
  public static boolean isName(String name) {
    return name.matches("[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*");
  }
}
