package io.tidemark.streaming;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** As much of S3 as takes every write, whatever its condition. */
final class IgnorantStore implements AutoCloseable {
  private static final String NOTHING =
      "<ListBucketResult><Name>lake</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";

  private final HttpServer server;

  private IgnorantStore(HttpServer server) {
    this.server = server;
  }

  static IgnorantStore start() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", IgnorantStore::answer);
    server.start();
    return new IgnorantStore(server);
  }

  private static void answer(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    switch (exchange.getRequestMethod()) {
      case "PUT" -> {
        exchange.getResponseHeaders().add("ETag", "\"1\"");
        exchange.sendResponseHeaders(200, -1);
      }
      case "GET" -> {
        byte[] list = NOTHING.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/xml");
        exchange.sendResponseHeaders(200, list.length);
        exchange.getResponseBody().write(list);
      }
      case "HEAD" -> exchange.sendResponseHeaders(404, -1);
      default -> exchange.sendResponseHeaders(204, -1);
    }
    exchange.close();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
