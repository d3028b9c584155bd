package io.tidemark.local.purchases;

import java.math.BigDecimal;

/**
 * What can stand on an invoice.
 *
 * @param isProduct false for postage, fees and corrections
 */
record CatalogueItem(String stockCode, String description, BigDecimal price, boolean isProduct) {}
