/** Checks of data quality, by deequ, on the tables of a lake. */
package io.tidemark.quality;
