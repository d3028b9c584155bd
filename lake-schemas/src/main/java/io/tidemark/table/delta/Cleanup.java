package io.tidemark.table.delta;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What is to be done after a failure: all of it, even if some of it fails as well. */
final class Cleanup {
  private final List<Exception> failures = new ArrayList<>();

  /** One thing to do. */
  interface Step {
    void run() throws IOException;
  }

  void attempt(Step step) {
    try {
      step.run();
    } catch (Exception e) { // Scala throws checked ones too.
      failures.add(e);
    }
  }

  /**
   * @throws IOException if something could not be done
   */
  void end(String what) throws IOException {
    if (!failures.isEmpty()) {
      IOException failure = new IOException(what, failures.get(0));
      failures.stream().skip(1).forEach(failure::addSuppressed);
      throw failure;
    }
  }
}
