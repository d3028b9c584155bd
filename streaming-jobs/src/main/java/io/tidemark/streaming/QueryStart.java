package io.tidemark.streaming;

import java.util.concurrent.TimeoutException;
import org.apache.spark.sql.streaming.StreamingQuery;

/** Starts a query from its checkpoint, each time that it is asked to. */
@FunctionalInterface
interface QueryStart {
  StreamingQuery start() throws TimeoutException;
}
