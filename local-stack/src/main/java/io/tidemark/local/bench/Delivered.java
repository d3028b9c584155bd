package io.tidemark.local.bench;

/**
 * What was sent.
 *
 * @param all every delivery
 * @param once each purchase once
 */
record Delivered(Totals all, Totals once) {}
