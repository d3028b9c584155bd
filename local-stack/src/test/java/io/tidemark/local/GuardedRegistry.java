package io.tidemark.local;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Stands before a registry, speaks TLS, and passes on what is asked by those whom it knows. */
final class GuardedRegistry implements AutoCloseable {
  private final URI registry;
  private final HttpsServer server;
  private final Set<String> known;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private GuardedRegistry(URI registry, HttpsServer server, Set<String> known) {
    this.registry = registry;
    this.server = server;
    this.known = known;
  }

  /**
   * @param token that opens it, as {@code me} and this as a password does
   */
  static GuardedRegistry before(URI registry, SSLContext tls, String token) throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    String user =
        Base64.getEncoder().encodeToString(("me:" + token).getBytes(StandardCharsets.UTF_8));
    GuardedRegistry guarded =
        new GuardedRegistry(
            registry, HttpsServer.create(free, 0), Set.of("Bearer " + token, "Basic " + user));
    guarded.server.setHttpsConfigurator(new HttpsConfigurator(tls));
    guarded.server.createContext("/", guarded::pass);
    guarded.server.start();
    return guarded;
  }

  URI place() {
    return URI.create(
        "https://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), registry.getPath()));
  }

  /**
   * @param login as a URL holds it
   */
  URI place(String login) {
    return URI.create(place().toString().replace("//", "//" + login + "@"));
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      String login = exchange.getRequestHeaders().getFirst("Authorization");
      if (login == null || !known.contains(login)) {
        exchange.sendResponseHeaders(401, -1);
        return;
      }
      HttpResponse<byte[]> answer =
          client.send(asked(exchange), HttpResponse.BodyHandlers.ofByteArray());
      answer
          .headers()
          .firstValue("Content-Type")
          .ifPresent(type -> exchange.getResponseHeaders().set("Content-Type", type));
      exchange.sendResponseHeaders(answer.statusCode(), answer.body().length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new InterruptedIOException("Interrupted while asking " + registry);
    }
  }

  private HttpRequest asked(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(registry.resolve(exchange.getRequestURI()))
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    String type = exchange.getRequestHeaders().getFirst("Content-Type");
    if (type != null) {
      request.header("Content-Type", type);
    }
    return request.build();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
