/** The verb {@code validate}: every problem of a pipeline before it runs. */
package io.tidemark.validate;
