package io.tidemark.query;

import io.tidemark.table.TableFormat;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** What the text of a query mentions, before anybody parses it: rather too much than too little. */
final class Mentions {
  /** Makes a name of texts. */
  private static final String MAKES_NAMES = "identifier";

  /** The files of a table, and what it was before. */
  private static final Pattern BEYOND_ROWS =
      Pattern.compile("(?i)_metadata|input_file|\\bas\\s+of\\b|asof|table_changes");

  private Mentions() {}

  /** Those of these tables that a query can be about: no other needs to be readable. */
  static SortedMap<String, TableFormat> of(String sql, SortedMap<String, TableFormat> tables) {
    String text = sql.toLowerCase(Locale.ROOT);
    SortedMap<String, TableFormat> mentioned = new TreeMap<>(tables);
    if (!text.contains(MAKES_NAMES)) {
      mentioned.keySet().removeIf(name -> !text.contains(name.substring(name.indexOf('.') + 1)));
    }
    return mentioned;
  }

  /** Whether it can ask more of a table than its rows as they are: only Spark knows that. */
  static boolean beyondRows(String sql) {
    return BEYOND_ROWS.matcher(sql).find();
  }
}
