package io.tidemark.streaming;

import io.tidemark.pipeline.Environment;
import io.tidemark.schema.SchemaRegistry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Whether Kafka and the schema registry answer. Asked beside the start of Spark, which takes
 * longer, and within seconds, where landing is patient.
 */
public final class Reachability {
  private final CompletableFuture<Optional<String>> brokers;
  private final CompletableFuture<Optional<String>> registry;

  private Reachability(Environment environment) {
    brokers = beside("brokers", () -> KafkaTopic.unreachable(environment));
    registry = beside("registry", () -> SchemaRegistry.at(environment.registry()).unreachable());
  }

  /** Begins to ask. */
  public static Reachability ask(Environment environment) {
    return new Reachability(environment);
  }

  private static CompletableFuture<Optional<String>> beside(
      String name, Supplier<Optional<String>> question) {
    return CompletableFuture.supplyAsync(
        question,
        task -> {
          Thread thread = new Thread(task, "reach-" + name);
          thread.setDaemon(true);
          thread.start();
        });
  }

  /**
   * Says what does not answer as soon as that is known.
   *
   * @param registryIsAway what becomes of it if the registry does not
   */
  void tell(String registryIsAway, Consumer<String> said) {
    brokers.thenAccept(away -> away.ifPresent(said));
    registry.thenAccept(away -> away.ifPresent(why -> said.accept(why + " " + registryIsAway)));
  }

  /** Waits until it is known whether a broker answers. */
  boolean hasBrokers() {
    return brokers.join().isEmpty();
  }

  /**
   * Waits until both have answered.
   *
   * @throws IllegalStateException naming the one that does not
   */
  public void require() {
    brokers
        .join()
        .or(registry::join)
        .ifPresent(
            away -> {
              throw new IllegalStateException(away);
            });
  }
}
