package io.tidemark.pipeline;

import java.util.HashMap;
import java.util.Map;

/** Which table each topic lands in. The ledger counts every offset of a topic once. */
final class Topics {
  private final Map<String, String> tables = new HashMap<>();

  void claim(Section section, String topic, String table) {
    String other = topic == null ? null : tables.putIfAbsent(topic, table);
    if (other != null) {
      section.problem(
          "topic",
          "Cannot land the topic '%s' in two tables: %s has it already. Give each table a topic of its own."
              .formatted(topic, other));
    }
  }
}
