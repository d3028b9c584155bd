/** The verb that keeps tables fast and small. */
package io.tidemark.maintain;
