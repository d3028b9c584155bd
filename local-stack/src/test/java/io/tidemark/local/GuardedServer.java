package io.tidemark.local;

import static java.nio.charset.StandardCharsets.UTF_8;

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
import java.util.Base64;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLContext;

/** Stands before a server, speaks TLS, and passes on what is asked by those whom it knows. */
public final class GuardedServer implements AutoCloseable {
  /** Where a token is given for a credential. */
  private static final String TOKENS = "/oauth/tokens";

  private final URI behind;
  private final HttpsServer server;
  private final Set<String> known;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private GuardedServer(URI behind, HttpsServer server, Set<String> known) {
    this.behind = behind;
    this.server = server;
    this.known = known;
  }

  /**
   * @param token that opens it, as {@code me} and this as a password does
   */
  public static GuardedServer before(URI behind, SSLContext tls, String token) throws IOException {
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    String user = Base64.getEncoder().encodeToString(("me:" + token).getBytes(UTF_8));
    GuardedServer guarded =
        new GuardedServer(
            behind, HttpsServer.create(free, 0), Set.of("Bearer " + token, "Basic " + user));
    guarded.server.setHttpsConfigurator(new HttpsConfigurator(tls));
    guarded.server.createContext("/", guarded::pass);
    guarded.server.start();
    return guarded;
  }

  /**
   * Gives the token away from now on, as OAuth has it for programs.
   *
   * @param secret by which a client shows who it is
   */
  void give(String token, String secret) {
    server.createContext(
        TOKENS,
        exchange -> {
          String asked = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
          boolean isKnown = List.of(asked.split("&")).contains("client_secret=" + secret);
          byte[] answer =
              (isKnown
                      ? "{\"access_token\": \"%s\", \"token_type\": \"bearer\", \"expires_in\": 3600}"
                          .formatted(token)
                      : "{\"error\": \"invalid_client\", \"error_description\": \"who is it?\"}")
                  .getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/json");
          exchange.sendResponseHeaders(isKnown ? 200 : 401, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
  }

  /** Where {@link #give} gives it. */
  URI tokens() {
    return place().resolve(TOKENS);
  }

  public URI place() {
    return URI.create(
        "https://127.0.0.1:%d%s".formatted(server.getAddress().getPort(), behind.getPath()));
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
      int length = answer.body().length;
      exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
      exchange.getResponseBody().write(answer.body());
    } catch (InterruptedException e) {
      throw new InterruptedIOException("Interrupted while asking " + behind);
    }
  }

  private HttpRequest asked(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(behind.resolve(exchange.getRequestURI()))
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
