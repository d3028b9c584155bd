package io.tidemark.landing;

import static org.apache.spark.sql.functions.substring_index;

import java.util.Set;
import org.apache.spark.sql.Column;

/**
 * The names of those that land records in a table, as the ledger has them.
 *
 * @param pipeline that the table belongs to
 * @param table its name within the pipeline
 */
public record LandingQuery(String pipeline, String table) {

  /** The stream. */
  public String stream() {
    return "%s.land.%s".formatted(pipeline, table);
  }

  /** What lands dead letters that have become good. */
  public String replay() {
    return "%s.replay.%s".formatted(pipeline, table);
  }

  /** What erases its events and dead letters. */
  public String forget() {
    return "%s.forget.%s".formatted(pipeline, table);
  }

  /** Those that land. */
  public Set<String> all() {
    return Set.of(stream(), replay());
  }

  /** What an event says that a run of a query has landed; one of the stream says nothing. */
  static String landedBy(String query, String run) {
    return query + "@" + run;
  }

  /** The run in what {@link #landedBy} has made. */
  static Column runOf(Column landedBy) {
    return substring_index(landedBy, "@", -1);
  }

  /** The query in what {@link #landedBy} has made. */
  public static String queryOf(String landedBy) {
    return landedBy.substring(0, landedBy.lastIndexOf('@'));
  }
}
