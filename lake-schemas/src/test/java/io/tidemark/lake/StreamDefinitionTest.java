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
  void sqlThatIsWrittenInAnotherWayHasNotChanged() {
    StreamDefinition begun = of("SELECT sum(minutes) AS minutes\nFROM rides");

    assertThat(begun.changes(of("-- of a day\nselect  sum(minutes) as minutes\r\nfrom rides")))
        .isEmpty();
    assertThat(begun.changes(of("SELECT sum(minutes) * 2 AS minutes\nFROM rides")))
        .containsExactly("its SQL has changed");
  }
}
