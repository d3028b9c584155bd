package io.tidemark.view;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.pipeline.ViewDefinition;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.commons.lang3.time.DurationFormatUtils;

/** What the rows of a view depend on, and a name for it. */
public record ViewVersion(ViewDefinition definition) {

  /**
   * Changes when the SQL, the key, the lateness or the deduplication window does, not with how they
   * are written, see {@link Wording}.
   */
  public String name() {
    return name(Wording.of(definition.sql()));
  }

  /** That, and what an earlier Tidemark called the same view: its version was of the whole text. */
  public List<String> names() {
    return List.of(name(), name(text()));
  }

  private String name(String sql) {
    String content =
        String.join(
            "\n", sql, String.join(",", definition.key()), definition.lateness().toString());
    if (!definition.hasUsualDeduplicationWindow()) {
      content += "\n" + definition.deduplicationWindow();
    }
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(content.getBytes(UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Cannot name the view's version: no SHA-256", e);
    }
  }

  /** What its rows depend on, in words, by the names that the pipeline file has for them. */
  public Map<String, String> parts() {
    return Map.of(
        "sql",
        text(),
        "key",
        String.join(", ", definition.key()),
        "lateness",
        words(definition.lateness()),
        "deduplication-window",
        words(definition.deduplicationWindow()));
  }

  private static String words(Duration duration) {
    return DurationFormatUtils.formatDurationWords(duration.toMillis(), true, true);
  }

  private String text() {
    return definition.sql().strip().replace("\r\n", "\n");
  }
}
