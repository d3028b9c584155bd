package io.tidemark.table;

import java.util.regex.Pattern;

/** Which of Spark's properties it shows nowhere: not on its pages, not in its event log. */
public final class Redaction {
  /** By which Spark knows them. */
  public static final String SETTING = "spark.redaction.regex";

  /**
   * Found in a property's key or its value. Spark's own, and what catalogs, object stores and
   * Kafka's clients call secrets; addresses that hold a password.
   */
  public static final String REGEX =
      "(?i)secret|password|passwd|token|credential|jaas|authorization"
          + "|(access|account|private|shared|api|cryption|sse)[._-]?key"
          + "|://[^/@\\s]+:[^/@\\s]+@";

  private Redaction() {}

  /** Whether this regular expression finds a secret in a property. */
  public static boolean isSecret(String regex, String key, String value) {
    Pattern secret = Pattern.compile(regex);
    return secret.matcher(key).find() || secret.matcher(value).find();
  }
}
