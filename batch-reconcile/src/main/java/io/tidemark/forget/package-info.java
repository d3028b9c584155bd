/** The verb {@code forget}. */
package io.tidemark.forget;
