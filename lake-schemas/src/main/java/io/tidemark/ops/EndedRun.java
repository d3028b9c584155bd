package io.tidemark.ops;

import java.time.Instant;
import java.util.Optional;

/**
 * How one run ended: a row of {@code ops.runs}.
 *
 * @param id of the run, kept in whatever it wrote
 * @param outcome a word or two
 * @param message what a person should know, if anything
 * @param airflowRun the run of an Airflow DAG that it belongs to
 */
public record EndedRun(
    String id,
    String verb,
    String pipeline,
    Instant startedAt,
    Instant endedAt,
    int exitCode,
    String outcome,
    Optional<String> message,
    Optional<String> airflowRun) {}
