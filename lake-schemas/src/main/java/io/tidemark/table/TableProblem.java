package io.tidemark.table;

/**
 * Why a table cannot be as its definition says.
 *
 * @param column dotted, or empty if the table as a whole is meant
 * @param message with the way out
 */
public record TableProblem(String column, String message) {}
