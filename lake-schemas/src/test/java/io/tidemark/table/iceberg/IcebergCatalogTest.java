package io.tidemark.table.iceberg;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.tidemark.table.TestLake;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers of catalogs that are of no use. */
class IcebergCatalogTest {
  private static final String WAY_OUT = "Look at 'catalog' in the environment file";

  @TempDir private Path folder;

  private Optional<String> problem(Map<String, String> catalog, Duration patience) {
    URI place = URI.create("file://" + folder);
    try (TestLake lake = TestLake.at(folder, place, catalog, Map.of())) {
      return new IcebergCatalog(lake.spark(), catalog).problem(patience);
    }
  }

  private Optional<String> problem(Map<String, String> catalog) {
    return problem(catalog, Duration.ofMinutes(2));
  }

  private static Map<String, String> rest(int port) {
    return Map.of("type", "rest", "uri", "http://127.0.0.1:" + port, "token", "hunter2");
  }

  private static HttpServer answering(int status, String json) throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          byte[] body = json.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    return server;
  }

  @Test
  void aTokenThatIsRefusedIsToldWithItsKey() throws IOException {
    HttpServer server =
        answering(
            401,
            "{\"error\": {\"message\": \"The token has expired\", \"type\": \"NotAuthorizedException\", \"code\": 401}}");
    try {
      assertThat(problem(rest(server.getAddress().getPort())).orElseThrow())
          .startsWith(
              "Cannot open the Iceberg catalog at http://127.0.0.1:"
                  + server.getAddress().getPort())
          .contains("The token has expired")
          .contains("Look at 'token' or 'credential' (and 'scope') under 'catalog'")
          .doesNotContain("hunter2");
    } finally {
      server.stop(0);
    }
  }

  /** As Keycloak says it; others say 401 and invalid_client. */
  @Test
  void aCredentialThatGetsNoTokenIsToldWithItsKey() throws IOException {
    HttpServer server =
        answering(
            400,
            "{\"error\": \"unauthorized_client\", \"error_description\": \"Invalid client credentials\"}");
    String place = "http://127.0.0.1:" + server.getAddress().getPort();
    try {
      assertThat(
              problem(
                      Map.of(
                          "type",
                          "rest",
                          "uri",
                          place,
                          "credential",
                          "me:hunter2",
                          "oauth2-server-uri",
                          place + "/tokens"))
                  .orElseThrow())
          .contains("Invalid client credentials", "Look at 'token' or 'credential'")
          .endsWith("Its tokens come from " + place + "/tokens: look there, too.")
          .doesNotContain("hunter2");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void oneThatDoesNotListenIsNamedWithoutItsPassword() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    assertThat(problem(rest(port)).orElseThrow())
        .startsWith("Cannot open the Iceberg catalog at http://127.0.0.1:" + port)
        .contains("refused", WAY_OUT);
    assertThat(
            problem(
                    Map.of(
                        "type",
                        "jdbc",
                        "uri",
                        "jdbc:postgresql://me:hunter2@127.0.0.1:%d/lake?password=hunter2"
                            .formatted(port)))
                .orElseThrow())
        .as("no driver is here")
        .startsWith(
            "Cannot open the Iceberg catalog at postgresql://127.0.0.1:%d/lake: ".formatted(port))
        .contains("org.postgresql:postgresql")
        .doesNotContain("hunter2");
    assertThat(
            problem(Map.of("type", "jdbc", "uri", "jdbc:oracle:thin:me/hunter2@//db:1521/lake"))
                .orElseThrow())
        .startsWith("Cannot open the Iceberg catalog at oracle://db:1521/lake: ")
        .doesNotContain("hunter2");
  }

  @Test
  void oneThatNeverAnswersIsGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThat(problem(rest(silent.getLocalPort()), Duration.ofSeconds(1)).orElseThrow())
          .contains("it has not answered for 1 s", WAY_OUT);
    }
  }

  @Test
  void whatIsOnThisMachineIsNotAsked() {
    Map<String, String> local = new HashMap<>(TestLake.catalog(folder.resolve("nowhere")));

    assertThat(problem(local)).isEmpty();
    assertThat(problem(Map.of())).isEmpty();
  }
}
