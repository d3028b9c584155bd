/** The verb {@code status}: how a pipeline stands, and whether its ledger balances. */
package io.tidemark.report;
