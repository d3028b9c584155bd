package io.tidemark.table;

import java.time.Instant;

/**
 * A version that a table had.
 *
 * @param at when it was made, by the clock of who made it or of the file system
 */
public record TableVersion(long version, Instant at) {}
