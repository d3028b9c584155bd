package io.tidemark.lake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class StreamDefinitionTest {
  private static StreamDefinition of(String sql) {
    return new StreamDefinition(new TreeMap<>(Map.of("sql", sql, "state", "a sum: BIGINT")));
  }

  @Test
  void sql_that_is_written_in_another_way_has_not_changed() {
    StreamDefinition begun = of("SELECT sum(minutes) AS minutes\nFROM rides");

    assertThat(begun.changes(of("-- of a day\nselect  sum(minutes) as minutes\r\nfrom rides")))
        .isEmpty();
    assertThat(begun.changes(of("SELECT sum(minutes) * 2 AS minutes\nFROM rides")))
        .containsExactly("its SQL has changed");
  }
}
