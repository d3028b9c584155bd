package io.tidemark.reconcile;

/** What is done with a view, in order. */
enum Stage {
  COMPARE,
  EXPLAIN,
  REPAIR,
  COMPARE_AGAIN,
  SEAL
}
