/** The verb {@code query}: SQL over every table of a lake. */
package io.tidemark.query;
