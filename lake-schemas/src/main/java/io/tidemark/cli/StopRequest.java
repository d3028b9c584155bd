package io.tidemark.cli;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.spark.util.SignalUtils;

/**
 * That a verb is to stop, by Ctrl-C or by whoever ends processes: it comes to a good end first. A
 * second signal ends the process at once.
 */
public final class StopRequest {
  /** By the signal, as a shell has them. */
  private static final Map<String, Integer> EXIT_CODES = Map.of("INT", 130, "TERM", 143);

  private final AtomicInteger exitCode = new AtomicInteger();

  private StopRequest() {}

  /**
   * From now on, as long as the process lives.
   *
   * @param what is awaited, for example {@code the running batches have ended}
   * @param said is told so, once
   */
  public static StopRequest watch(String what, Consumer<String> said) {
    StopRequest request = new StopRequest();
    EXIT_CODES.forEach(
        (signal, code) -> SignalUtils.register(signal, () -> request.make(code, what, said)));
    return request;
  }

  /** False for a second signal, which Java then takes for the end of the process. */
  private boolean make(int code, String what, Consumer<String> said) {
    boolean isFirst = exitCode.compareAndSet(0, code);
    if (isFirst) {
      said.accept("Stopping once %s. A second signal stops at once.".formatted(what));
    }
    return isFirst;
  }

  public boolean isMade() {
    return exitCode.get() != 0;
  }

  /** Of a verb that was not done, as Java gives it: 130 or 143; 0 if nobody has asked. */
  public int exitCode() {
    return exitCode.get();
  }
}
