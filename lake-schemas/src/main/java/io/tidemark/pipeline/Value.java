package io.tidemark.pipeline;

import io.tidemark.table.TableFormat;
import java.net.URI;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How one scalar of a YAML file is written. */
@FunctionalInterface
interface Value<T> {
  /** Catalogs, kinds of files that SQL reads by their path, and schemas that Spark has itself. */
  Set<String> TAKEN =
      Set.of(
          "lake",
          "spark_catalog",
          "delta",
          "iceberg",
          "parquet",
          "orc",
          "avro",
          "csv",
          "json",
          "text",
          "xml",
          "binaryfile",
          "kafka",
          "global_temp",
          "information_schema",
          "session",
          "system",
          "builtin");

  /**
   * @throws IllegalArgumentException with a message for the author of the file
   */
  T parse(String text);

  static String any(String text) {
    return text;
  }

  static String text(String text) {
    if (text.isBlank()) {
      throw new IllegalArgumentException("The value is blank.");
    }
    return text;
  }

  /** Text that may be a secret: what is wrong with it is told without it. */
  static String secret(String text) {
    if (text(text).chars().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException(
          "Cannot use the value: it holds a line end or another control character. A variable that"
              + " was set from a file may end in one: set it without.");
    }
    return text;
  }

  /** A secret that goes into the header of a request. */
  static String token(String text) {
    if (secret(text).chars().anyMatch(c -> c > '~')) {
      throw new IllegalArgumentException(
          "Cannot use the value: it holds a character that is not ASCII, and a token has none."
              + " Copy it again.");
    }
    return text;
  }

  static String tableName(String text) {
    if (!text.matches("[a-z][a-z0-9_]*")) {
      throw new IllegalArgumentException(
          "Cannot name a table '%s': use lower case letters, digits and underscores, a letter first."
              .formatted(text));
    }
    return text;
  }

  /** The pipeline's name, which is the schema of its tables. */
  static String schemaName(String text) {
    if (text.equals("ops")) {
      throw new IllegalArgumentException(
          "Cannot name a pipeline 'ops': the lake's own tables live in that schema. Choose another"
              + " name.");
    }
    if (TAKEN.contains(text)) {
      throw new IllegalArgumentException(
          "Cannot name a pipeline '%s': Spark SQL already uses this name. Choose another one."
              .formatted(text));
    }
    return tableName(text);
  }

  static Duration duration(String text) {
    Map<String, ChronoUnit> units =
        Map.of(
            "second", ChronoUnit.SECONDS,
            "minute", ChronoUnit.MINUTES,
            "hour", ChronoUnit.HOURS,
            "day", ChronoUnit.DAYS);
    Matcher matcher =
        Pattern.compile("(\\d{1,9}) (second|minute|hour|day)s?").matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "Cannot read '%s' as a duration: write a whole number and seconds, minutes, hours or days, for example '2 hours'."
              .formatted(text));
    }
    return Duration.of(Long.parseLong(matcher.group(1)), units.get(matcher.group(2)));
  }

  static LocalDate date(String text) {
    try {
      return LocalDate.parse(text);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "Cannot read '%s' as a date: write year-month-day, for example 2010-12-01."
              .formatted(text),
          e);
    }
  }

  /** A whole number from 1 on that fits an int. */
  static int count(String text) {
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          "Cannot read '%s' as a count: write a whole number from 1 to 999999999.".formatted(text));
    }
    return Integer.parseInt(text);
  }

  /** The name of a character encoding that Java knows. */
  static Charset encoding(String text) {
    try {
      return Charset.forName(text(text).strip());
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new IllegalArgumentException(
          "Cannot read files in the encoding '%s': Java does not have it. Write for example UTF-8, UTF-16, ISO-8859-1 or windows-1252."
              .formatted(text),
          e);
    }
  }

  /** What stands between two columns. */
  static char separator(String text) {
    if (text.length() != 1 || "\"\r\n\0".contains(text) || Character.isSurrogate(text.charAt(0))) {
      throw new IllegalArgumentException(
          "Cannot separate columns by '%s': write one character, for example ';' or \"\\t\" for a tab."
              .formatted(text));
    }
    return text.charAt(0);
  }

  static boolean truth(String text) {
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("Cannot read '%s': write true or false.".formatted(text));
    }
    return text.equals("true");
  }

  static TableFormat format(String text) {
    return oneOf(TableFormat.class, text);
  }

  static <E extends Enum<E>> E oneOf(Class<E> type, String text) {
    Set<String> names =
        Arrays.stream(type.getEnumConstants())
            .map(each -> each.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toCollection(java.util.TreeSet::new));
    if (!names.contains(text)) {
      throw new IllegalArgumentException(
          "Cannot use '%s': write one of %s.".formatted(text, String.join(", ", names)));
    }
    return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
  }

  /** A file that is there, beside the document or by its full path. */
  static Value<Path> file(Document document) {
    return text -> {
      Path file = document.resolve(text(text));
      if (!java.nio.file.Files.isReadable(file) || java.nio.file.Files.isDirectory(file)) {
        throw new IllegalArgumentException(
            "Cannot read the file '%s': looked for %s.".formatted(text, file));
      }
      return file;
    };
  }

  /** As {@link #place}; a URL names a host, so that it is known what of it is the password. */
  static Value<URI> registry(Document document) {
    return text -> {
      URI place = place(document).parse(text);
      if (!"file".equals(place.getScheme()) && place.getHost() == null) {
        throw new IllegalArgumentException(
            "Cannot find a host in the registry's URL. Write https://host:port, the host without"
                + " underscores, or https://user:password@host:port with %40 for an @ in the"
                + " password and %2F for a slash.");
      }
      return place;
    };
  }

  /** Of a server, without a user or a password in it. */
  static URI httpUrl(String text) {
    URI url;
    try {
      url = URI.create(text(text));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("Cannot read the URL: write https://host:port.", e);
    }
    boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
    if (!isHttp || url.getHost() == null || url.getUserInfo() != null) {
      throw new IllegalArgumentException(
          "Cannot use the URL: write https://host:port, without a user or a password in it.");
    }
    return url;
  }

  /** A URI, or a path, which is resolved beside the document. */
  static Value<URI> place(Document document) {
    return text -> {
      // A URL may hold a password, which would be told as a part of a path otherwise.
      if (!secret(text).matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")) {
        String path = document.resolve(text).toString();
        return URI.create("file://" + Path.of(path).toUri().getRawPath().replaceAll("/$", ""));
      }
      try {
        return URI.create(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "This is neither a path nor a URI such as s3a://bucket/folder.", e);
      }
    };
  }
}
