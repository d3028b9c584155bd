/** Keeps tables fast and small: compaction, and an end to history that nobody needs. */
package io.tidemark.upkeep;
