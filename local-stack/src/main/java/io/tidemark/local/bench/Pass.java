package io.tidemark.local.bench;

import java.util.List;
import java.util.concurrent.TimeoutException;

/** A contender's work on a lake of its own, done once. Whatever is opened before is not timed. */
interface Pass extends AutoCloseable {
  void run() throws Exception;

  /** What each table that it wrote comes to. */
  List<Totals> totals();

  @Override
  void close() throws TimeoutException;
}
