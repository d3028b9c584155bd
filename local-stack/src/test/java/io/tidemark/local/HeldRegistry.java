package io.tidemark.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Stands before a registry, and keeps one schema back until it is told to let it go. */
final class HeldRegistry implements AutoCloseable {
  private final URI registry;
  private final String schema;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpClient client = HttpClient.newHttpClient();
  private final CountDownLatch released = new CountDownLatch(1);

  private HeldRegistry(URI registry, String schema, HttpServer server) {
    this.registry = registry;
    this.schema = schema;
    this.server = server;
  }

  /**
   * @param registry a server's; nobody can stand before a folder
   * @param schema by what its text contains
   */
  static Optional<HeldRegistry> before(URI registry, String schema) throws IOException {
    return registry.getScheme().equals("http")
        ? Optional.of(start(registry, schema))
        : Optional.empty();
  }

  private static HeldRegistry start(URI registry, String schema) throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HeldRegistry held = new HeldRegistry(registry, schema, HttpServer.create(free, 0));
    held.server.createContext("/", held::pass);
    held.server.setExecutor(held.threads);
    held.server.start();
    return held;
  }

  URI place() {
    return URI.create(
        "http://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), registry.getPath()));
  }

  /** From now on it is given to whoever asks. */
  void release() {
    released.countDown();
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(registry.resolve(exchange.getRequestURI())).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (new String(answer.body(), StandardCharsets.UTF_8).contains(schema)) {
        released.await();
      }
      exchange
          .getResponseHeaders()
          .set("Content-Type", answer.headers().firstValue("Content-Type").orElse("text/plain"));
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new InterruptedIOException("Interrupted while asking " + registry);
    }
  }

  @Override
  public void close() {
    release();
    server.stop(0);
    threads.shutdown();
  }
}
