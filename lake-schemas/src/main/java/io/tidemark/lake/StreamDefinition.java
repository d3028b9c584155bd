package io.tidemark.lake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.tidemark.view.View;
import io.tidemark.view.Wording;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/**
 * What the stream of a view counts, in words. What it has counted by one definition is of no use to
 * another.
 *
 * @param parts by their names: {@code sql}, {@code key}, {@code lateness}, and {@code state}, the
 *     types of what Spark keeps between batches
 */
public record StreamDefinition(SortedMap<String, String> parts) {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
  private static final String SQL = "sql";
  private static final String STATE = "state";

  public StreamDefinition {
    parts = Collections.unmodifiableSortedMap(new TreeMap<>(parts));
  }

  static StreamDefinition of(
      SparkSession spark, View view, StructType events, Map<String, StructType> dimensions) {
    SortedMap<String, String> parts = new TreeMap<>(view.version().parts());
    parts.put(STATE, view.state(spark, events, dimensions));
    return new StreamDefinition(parts);
  }

  String json() {
    try {
      return JSON.writeValueAsString(parts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("Cannot write the definition " + parts, e);
    }
  }

  /** Empty if the text is none: whoever wrote it did not come to its end. */
  static Optional<StreamDefinition> parse(String json) {
    try {
      return Optional.of(
          new StreamDefinition(
              JSON.readValue(json, new TypeReference<TreeMap<String, String>>() {})));
    } catch (JsonProcessingException e) {
      return Optional.empty();
    }
  }

  /**
   * What has changed since, in words; a part that only one of both has is of another version of
   * Tidemark.
   */
  List<String> changes(StreamDefinition now) {
    List<String> changes = new ArrayList<>();
    parts.forEach(
        (part, before) -> {
          String after = now.parts().get(part);
          if (after != null && differs(part, before, after) && !part.equals(STATE)) {
            changes.add(
                part.equals(SQL)
                    ? "its SQL has changed"
                    : "its %s was %s and is %s".formatted(part, before, after));
          }
        });
    if (changes.isEmpty() && !parts.getOrDefault(STATE, "").equals(now.parts().get(STATE))) {
      changes.add(
          "the types of what it counts were %s and are %s"
              .formatted(parts.get(STATE), now.parts().get(STATE)));
    }
    return changes;
  }

  private static boolean differs(String part, String before, String after) {
    return part.equals(SQL) ? !Wording.of(before).equals(Wording.of(after)) : !before.equals(after);
  }
}
