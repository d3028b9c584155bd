package io.tidemark.local;

import com.sun.net.httpserver.BasicAuthenticator;
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

/** Stands before a registry, asks for a user and a password, and passes on what is asked of it. */
final class GuardedRegistry implements AutoCloseable {
  private final URI registry;
  private final HttpServer server;
  private final HttpClient client = HttpClient.newHttpClient();

  private GuardedRegistry(URI registry, HttpServer server) {
    this.registry = registry;
    this.server = server;
  }

  static GuardedRegistry before(URI registry, String user, String password) throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    GuardedRegistry guarded = new GuardedRegistry(registry, HttpServer.create(free, 0));
    guarded
        .server
        .createContext("/", guarded::pass)
        .setAuthenticator(
            new BasicAuthenticator("schemas") {
              @Override
              public boolean checkCredentials(String givenUser, String givenPassword) {
                return givenUser.equals(user) && givenPassword.equals(password);
              }
            });
    guarded.server.start();
    return guarded;
  }

  /**
   * @param credentials user and password as a URL holds them
   */
  URI place(String credentials) {
    return URI.create(
        "http://%s@127.0.0.1:%d%s"
            .formatted(credentials, server.getAddress().getPort(), registry.getPath()));
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(registry.resolve(exchange.getRequestURI())).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new InterruptedIOException("Interrupted while asking " + registry);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
