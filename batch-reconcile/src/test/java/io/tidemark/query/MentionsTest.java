package io.tidemark.query;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.table.TableFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class MentionsTest {
  private static final TreeMap<String, TableFormat> TABLES =
      new TreeMap<>(
          Map.of(
              "shop.sales", TableFormat.DELTA,
              "shop.sales_by_day", TableFormat.ICEBERG,
              "ops.runs", TableFormat.DELTA));

  private static Set<String> mentioned(String sql) {
    return Mentions.of(sql, TABLES).keySet();
  }

  @Test
  void onlyTablesThatAQueryCanBeAboutAreMentioned() {
    assertThat(mentioned("SELECT 1")).isEmpty();
    assertThat(mentioned("SELECT * FROM shop.sales")).containsExactly("shop.sales");
    assertThat(mentioned("SELECT * FROM `Ops`.`RUNS` JOIN shop . Sales"))
        .containsExactly("ops.runs", "shop.sales");
    assertThat(mentioned("DESCRIBE shop.sales_by_day")).contains("shop.sales_by_day");
  }

  @Test
  void aNameThatIsMadeOfTextsMayBeAnyTable() {
    assertThat(mentioned("SELECT * FROM IDENTIFIER('ops.' || 'ru' || 'ns')"))
        .isEqualTo(TABLES.keySet());
  }

  @Test
  void filesAndEarlierVersionsAreBeyondTheRows() {
    assertThat(Mentions.beyondRows("SELECT _Metadata.file_path FROM ops.runs")).isTrue();
    assertThat(Mentions.beyondRows("SELECT INPUT_FILE_NAME() FROM ops.runs")).isTrue();
    assertThat(Mentions.beyondRows("SELECT * FROM ops.runs VERSION AS  OF 3")).isTrue();
    assertThat(Mentions.beyondRows("SELECT * FROM ops.runs WITH ('versionAsOf' = '3')")).isTrue();
    assertThat(Mentions.beyondRows("SELECT * FROM TABLE_CHANGES('ops.runs', 0)")).isTrue();
    assertThat(Mentions.beyondRows("SELECT offset AS offered FROM ops.runs")).isFalse();
  }
}
