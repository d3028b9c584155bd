package io.tidemark.ops;

import io.tidemark.table.TableDefinition;
import io.tidemark.table.TableFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.types.StructType;

/**
 * The tables in which the lake keeps account of itself. All of them only grow, but for {@link
 * #DATES} and {@link #TIDEMARKS}, which say how it stands.
 */
public enum Operations {
  /**
   * What became of every offset: a row per landing batch and topic-partition. Offsets are [from,
   * until); the first {@code lost} ones were gone before they could be landed, null stands for
   * none. A dimension's batch says how many rows its table had after it, {@code table_rows}. One of
   * events says under which number its events landed, {@code landed_batch}; of rows of earlier
   * versions that is the batch. A row of dead letters that became events later has no offsets: it
   * adds {@code replayed} to the events, and takes as many from the dead letters; null in all
   * others.
   */
  LEDGER(
      """
      pipeline STRING NOT NULL, query STRING NOT NULL, batch BIGINT NOT NULL, topic STRING NOT NULL, partition INT NOT NULL,
      from_offset BIGINT NOT NULL, until_offset BIGINT NOT NULL, events BIGINT NOT NULL, dead_letters BIGINT NOT NULL,
      missing BIGINT NOT NULL, landed_at TIMESTAMP NOT NULL, lost BIGINT, table_rows BIGINT,
      landed_batch BIGINT, replayed BIGINT""",
      List.of("query", "batch")),

  /**
   * Records that could not become events, as they came. Stage is where they failed, reason why.
   * {@code timestamp_type} is Kafka's name of who gave the timestamp: {@code CreateTime}, the
   * producer, or {@code LogAppendTime}, the broker. Rows of earlier versions have neither it nor
   * headers. One that has become an event says when, in which run, and under which number it
   * landed.
   */
  DEAD_LETTERS(
      """
      pipeline STRING NOT NULL, query STRING NOT NULL, batch BIGINT NOT NULL, topic STRING NOT NULL, partition INT NOT NULL,
      offset BIGINT NOT NULL, timestamp TIMESTAMP, key BINARY, value BINARY, schema_id INT, stage STRING NOT NULL,
      reason STRING NOT NULL, message STRING, landed_at TIMESTAMP NOT NULL, timestamp_type STRING,
      headers ARRAY<STRUCT<key: STRING, value: BINARY>>, replayed_at TIMESTAMP, replayed_by STRING, replayed_batch BIGINT""",
      List.of("query", "batch", "topic")),

  /**
   * The refresh half of the ledger: a row per view and refresh batch, written after the view. The
   * batch read the landed batches {@code landed_from} to {@code landed_through}, both null if there
   * were none; it dropped events at or before {@code late_at}, did not take in those after {@code
   * ahead_at}, and left the watermark at {@code watermark}. {@code checkpoint} names the
   * checkpoint: batches count from 0 again in a new one. {@code view_version} names the SQL that it
   * ran, {@code newest_event} is the time of the newest event so far, {@code late} how many
   * deliveries it dropped as late; rows of earlier versions have none of these.
   */
  REFRESHES(
      """
      pipeline STRING NOT NULL, view STRING NOT NULL, checkpoint STRING NOT NULL, batch BIGINT NOT NULL, landed_from BIGINT,
      landed_through BIGINT, late_at TIMESTAMP, watermark TIMESTAMP NOT NULL, rows BIGINT NOT NULL, sealed_rows BIGINT NOT NULL,
      refreshed_at TIMESTAMP NOT NULL, ahead_at TIMESTAMP, view_version STRING, newest_event TIMESTAMP,
      late BIGINT""",
      List.of("view", "batch")),

  /**
   * Where a view differed from its recomputation: a row per key and column. Values are text; null
   * stands for an absent row too.
   */
  DRIFT(
      """
      pipeline STRING NOT NULL, view STRING NOT NULL, date DATE NOT NULL, key STRING NOT NULL, column STRING NOT NULL,
      stream_value STRING, batch_value STRING, cause STRING NOT NULL, run STRING NOT NULL, found_at TIMESTAMP NOT NULL""",
      List.of("view", "date")),

  /**
   * What every run of {@code reconcile} found of each date, and did: a row per run, view and date.
   * {@code outcome} is {@code in sync}, {@code repaired} or {@code drifted}; {@code refused} or
   * {@code waiting} if a check of quality holds the date back, and then {@code reason} says why; or
   * {@code open}. {@code rows} to {@code view_version} are null where a date was not compared.
   * {@code compared} counts keys of the view or its recomputation, of which {@code agreed} had
   * equal rows; {@code drift_before} are the others, by cause in {@code drift_…}, and {@code
   * drift_after} what was left of them. {@code conflicts} are examples of the {@code conflicting}
   * ids. {@code gates} could hold the date back.
   */
  RECONCILIATIONS(
      """
      pipeline STRING NOT NULL, view STRING NOT NULL, date DATE NOT NULL, run STRING NOT NULL, outcome STRING NOT NULL, reason STRING,
      sealed BOOLEAN NOT NULL, report_only BOOLEAN NOT NULL, rows BIGINT, compared BIGINT, agreed BIGINT, agreement DOUBLE,
      drift_before BIGINT, drift_after BIGINT, drift_late BIGINT, drift_replayed BIGINT, drift_duplicate BIGINT, drift_definition BIGINT,
      drift_dimension BIGINT, drift_edited BIGINT, drift_erased BIGINT, drift_unexplained BIGINT, conflicting BIGINT,
      conflicts ARRAY<STRUCT<event_id: STRING, first: STRING, other: STRING, differs: ARRAY<STRING>>>,
      events_version BIGINT, dimension_versions MAP<STRING, BIGINT>, table_version BIGINT, view_version STRING,
      gates ARRAY<STRING> NOT NULL, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP NOT NULL""",
      List.of("view", "date", "ended_at")),

  /**
   * The record that a date of a view equals its recomputation. The last seal of a date counts. The
   * date's row was made of the events of landing batches up to {@code landed_through}. {@code
   * deduplication_window} says which deliveries counted, as ISO 8601 has durations; seals of
   * earlier versions have none. {@code conflicting} counts ids whose deliveries on the date differ
   * from others. The run that sealed it found {@code agreement} before it repaired anything, and
   * {@code drift}, divergent keys by cause.
   */
  SEALS(
      """
      pipeline STRING NOT NULL, view STRING NOT NULL, date DATE NOT NULL, rows BIGINT NOT NULL, fingerprint STRING NOT NULL,
      events BIGINT NOT NULL, events_version BIGINT NOT NULL, landed_through BIGINT, dimension_versions MAP<STRING, BIGINT> NOT NULL,
      table_version BIGINT NOT NULL, view_version STRING NOT NULL, run STRING NOT NULL, sealed_at TIMESTAMP NOT NULL,
      deduplication_window STRING, conflicting BIGINT, edits_through BIGINT, dimension_contents MAP<STRING, STRING>,
      agreement DOUBLE, drift MAP<STRING, BIGINT>""",
      List.of("view", "date")),

  /**
   * What was done to events tables other than appending and compacting. A row per look that found
   * new commits, from {@code from_version} through {@code through_version}, whose {@code operation}
   * is null; and one per commit that edited, and date. A null date is any: the table no longer
   * knew.
   */
  EDITS(
      """
      pipeline STRING NOT NULL, events STRING NOT NULL, number BIGINT NOT NULL, table_id STRING NOT NULL, from_version BIGINT,
      through_version BIGINT NOT NULL, date DATE, operation STRING, edited_version BIGINT, found_at TIMESTAMP NOT NULL""",
      List.of("events", "number")),

  /**
   * What {@code forget} has erased: a row per event or dead letter, written before it is erased, so
   * that the ledger still adds up. It says where that stood, and nothing of what was in it. {@code
   * was} is {@code event}, which landed under the number {@code landed_batch}, or {@code
   * dead-letter}, of that batch. {@code number} counts the erasures of a table.
   */
  ERASED(
      """
      pipeline STRING NOT NULL, events STRING NOT NULL, number BIGINT NOT NULL, was STRING NOT NULL, topic STRING NOT NULL,
      partition INT NOT NULL, offset BIGINT NOT NULL, landed_batch BIGINT NOT NULL, date DATE, run STRING NOT NULL,
      reason STRING NOT NULL, erased_by STRING NOT NULL, erased_at TIMESTAMP NOT NULL""",
      List.of("events", "number")),

  /**
   * How each date of each view stands, for any engine to read: {@code open}, {@code closed}, {@code
   * sealed}, {@code dirty} or {@code refused}, and since when. {@code rows} to {@code run} are of
   * its last seal, and null without one. Of a dirty or refused date {@code reason} says why, and if
   * it is dirty because of {@code late} or {@code replayed} events, {@code landing} and {@code
   * landed_batch} name who landed them and under which number, as {@link #LEDGER} does.
   */
  DATES(
      """
      pipeline STRING NOT NULL, view STRING NOT NULL, date DATE NOT NULL, state STRING NOT NULL, since TIMESTAMP NOT NULL,
      rows BIGINT, agreement DOUBLE, drift_late BIGINT, drift_replayed BIGINT, drift_duplicate BIGINT, drift_definition BIGINT, drift_dimension BIGINT,
      drift_edited BIGINT, drift_erased BIGINT, drift_unexplained BIGINT, sealed_at TIMESTAMP, run STRING, reason STRING, landing STRING,
      landed_batch BIGINT""",
      List.of("view", "date")),

  /** The last date of each view up to which all are final, null if none is, and since when. */
  TIDEMARKS(
      """
      pipeline STRING NOT NULL, view STRING NOT NULL, tidemark DATE, since TIMESTAMP NOT NULL""",
      List.of("view")),

  /**
   * What every check of {@code quality} found: a row per check and date, or with a null date per
   * check of a whole table. {@code outcome} is {@code passed}, {@code failed}, or {@code error} if
   * it could not be computed. Of the {@code rows} that it is about, {@code failing} do not meet it.
   * The rest tells whether the result is about what is there now: {@code definition} of the check,
   * rows of the table on that date, its version and that of the table it refers to, {@code
   * contents} of the date's files, the last look for edits of an events table before it was read,
   * and what was on the dates that an anomaly was {@code compared} with.
   */
  QUALITY(
      """
      pipeline STRING NOT NULL, table_name STRING NOT NULL, check_name STRING NOT NULL, date DATE, level STRING NOT NULL,
      gate STRING, outcome STRING NOT NULL, value DOUBLE, expected STRING NOT NULL, rows BIGINT, failing BIGINT, message STRING,
      definition STRING NOT NULL, table_rows BIGINT, table_version BIGINT, referenced_version BIGINT, contents STRING NOT NULL,
      edits_through BIGINT, run STRING NOT NULL, checked_at TIMESTAMP NOT NULL, compared STRING""",
      List.of("table_name", "date")),

  /**
   * What deequ measured for them: {@code metric} and {@code instance} as deequ names them, of the
   * rows that {@code filter} leaves.
   */
  QUALITY_METRICS(
      """
      pipeline STRING NOT NULL, table_name STRING NOT NULL, date DATE, metric STRING NOT NULL, instance STRING NOT NULL,
      filter STRING, value DOUBLE, rows BIGINT, table_version BIGINT NOT NULL, run STRING NOT NULL, measured_at TIMESTAMP NOT NULL""",
      List.of("table_name", "date")),

  /**
   * How every run of {@code reconcile} and {@code quality} ended; {@code airflow_run} is the run of
   * an Airflow DAG that it belongs to. The verb {@code airflow} stands for what a stream has asked
   * of Airflow.
   */
  RUNS(
      """
      run STRING NOT NULL, verb STRING NOT NULL, pipeline STRING, started_at TIMESTAMP NOT NULL, ended_at TIMESTAMP NOT NULL,
      exit_code INT NOT NULL, outcome STRING NOT NULL, message STRING, airflow_run STRING""",
      List.of("verb")),

  /**
   * What {@code maintain} did: a row per action, on a date if it is about one. {@code before} and
   * {@code after} count what was to become fewer: files, manifests, snapshots, commits. {@code
   * outcome} is {@code done}, or {@code failed}, and then nothing of the table has changed.
   */
  MAINTENANCE(
      """
      pipeline STRING NOT NULL, table_name STRING NOT NULL, action STRING NOT NULL, date DATE, outcome STRING NOT NULL,
      reason STRING NOT NULL, before BIGINT, after BIGINT, message STRING, run STRING NOT NULL, started_at TIMESTAMP NOT NULL,
      ended_at TIMESTAMP NOT NULL""",
      List.of("table_name"));

  private final String ddl;
  private final List<String> pruning;

  Operations(String ddl, List<String> pruning) {
    this.ddl = ddl;
    this.pruning = pruning;
  }

  public StructType columns() {
    return StructType.fromDDL(ddl);
  }

  /** The columns as text, for a program of another Spark. */
  public String ddl() {
    return ddl;
  }

  /** The columns whose least and greatest values its files keep. */
  public List<String> pruning() {
    return pruning;
  }

  /** Its full name. */
  public String tableName() {
    return "ops." + name().toLowerCase(Locale.ROOT);
  }

  public TableDefinition table(TableFormat format) {
    return new TableDefinition(tableName(), format, columns(), Optional.empty(), pruning);
  }
}
