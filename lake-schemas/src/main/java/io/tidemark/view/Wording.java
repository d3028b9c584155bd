package io.tidemark.view;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.antlr.v4.runtime.CharStreams;
import org.antlr.v4.runtime.Token;
import org.apache.spark.sql.catalyst.parser.SqlBaseLexer;
import org.apache.spark.sql.catalyst.parser.UpperCaseCharStream;

/**
 * SQL without what has no meaning: comments, white space between words, upper and lower case of the
 * words of SQL and of functions. Two texts that are equal then say the same; not the reverse.
 */
public final class Wording {
  /** Only those that nobody calls a column: the name of a column is that of the view's. */
  private static final Set<String> WORDS =
      Set.of(
          "SELECT",
          "FROM",
          "WHERE",
          "GROUP",
          "BY",
          "AS",
          "WITH",
          "JOIN",
          "LEFT",
          "INNER",
          "OUTER",
          "CROSS",
          "ON",
          "USING",
          "AND",
          "OR",
          "NOT",
          "IN",
          "IS",
          "NULL",
          "LIKE",
          "BETWEEN",
          "CASE",
          "WHEN",
          "THEN",
          "ELSE",
          "END",
          "CAST",
          "INTERVAL",
          "FILTER");

  private Wording() {}

  /** The same SQL, by its words alone. */
  public static String of(String sql) {
    SqlBaseLexer lexer = new SqlBaseLexer(new UpperCaseCharStream(CharStreams.fromString(sql)));
    lexer.removeErrorListeners();
    List<? extends Token> tokens =
        lexer.getAllTokens().stream()
            .filter(token -> token.getChannel() == Token.DEFAULT_CHANNEL)
            .toList();
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < tokens.size(); i++) {
      boolean named = i > 0 && isName(tokens.get(i - 1));
      boolean called = i + 1 < tokens.size() && tokens.get(i + 1).getText().equals("(");
      words.append(i == 0 ? "" : " ").append(word(tokens.get(i), named, called));
    }
    return words.toString();
  }

  /** Whether what follows is a name, whatever word it is. */
  private static boolean isName(Token before) {
    return before.getType() == SqlBaseLexer.AS || before.getType() == SqlBaseLexer.DOT;
  }

  private static String word(Token token, boolean named, boolean called) {
    String text = token.getText();
    String upper = text.toUpperCase(Locale.ROOT);
    if (named) {
      return text;
    }
    if (WORDS.contains(upper)) {
      return upper;
    }
    return called && text.matches("\\w+") ? text.toLowerCase(Locale.ROOT) : text;
  }
}
