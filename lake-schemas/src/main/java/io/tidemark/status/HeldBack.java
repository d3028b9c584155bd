package io.tidemark.status;

import java.time.LocalDate;

/**
 * A date that checks of quality hold back, and why.
 *
 * @param failed whether a check has failed: the date is refused. Otherwise it waits for one that
 *     was not asked of what is there now
 * @param asks the options of {@code quality} that ask what it waits for; null if it has failed
 */
public record HeldBack(LocalDate date, String reason, boolean failed, String asks) {}
