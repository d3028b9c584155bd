package io.tidemark.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts environment variables and the texts of files into the scalars of a file.
 *
 * @param variables gives null for a variable that is not set
 * @param folder beside which relative paths of files are
 */
record Substitution(UnaryOperator<String> variables, Path folder) implements UnaryOperator<String> {
  private static final Pattern DOLLAR =
      Pattern.compile("\\$(?:(\\$)|\\{([A-Za-z_][A-Za-z0-9_]*)}|\\{file:([^}]+)}|)");

  static String escape(String text) {
    return text.replace("$", "$$");
  }

  /**
   * @throws IllegalArgumentException if a variable is not set, or a file cannot be read
   */
  @Override
  public String apply(String text) {
    return DOLLAR.matcher(text).replaceAll(found -> Matcher.quoteReplacement(substitute(found)));
  }

  private String substitute(MatchResult found) {
    if (found.group(1) != null) {
      return "$";
    }
    if (found.group(2) != null) {
      return variable(found.group(2));
    }
    if (found.group(3) != null) {
      return content(folder.resolve(found.group(3)).normalize());
    }
    throw new IllegalArgumentException(
        "Cannot read a '$' by itself: write ${NAME} for an environment variable, ${file:/path} for the text of a file, $$ for a dollar sign.");
  }

  private String variable(String name) {
    String value = variables.apply(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "Cannot find the environment variable %s: set it, or write the value here."
              .formatted(name));
    }
    return value;
  }

  /** Without the line end that editors and shells put behind a secret. */
  private static String content(Path file) {
    try {
      String text = Files.readString(file, UTF_8).replaceFirst("\\R\\z", "");
      if (text.isBlank()) {
        throw unreadable(file, "it is empty", null);
      }
      return text;
    } catch (NoSuchFileException e) {
      throw unreadable(file, "it is not there", e);
    } catch (AccessDeniedException e) {
      throw unreadable(file, "this user may not read it", e);
    } catch (CharacterCodingException e) {
      throw unreadable(file, "it is not UTF-8", e);
    } catch (IOException e) {
      throw unreadable(file, e.getMessage(), e);
    }
  }

  private static IllegalArgumentException unreadable(Path file, String why, IOException cause) {
    return new IllegalArgumentException("Cannot use the file %s: %s.".formatted(file, why), cause);
  }
}
