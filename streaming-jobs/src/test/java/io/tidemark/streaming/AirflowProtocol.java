package io.tidemark.streaming;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.tidemark.pipeline.Airflow;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.stream.IntStream;

/** Answers as Airflow's API does, or as a test wants it to; a real Airflow is in AirflowIT. */
final class AirflowProtocol implements AutoCloseable {
  private final HttpServer server;
  private final Queue<Integer> answers = new ArrayDeque<>();
  private final List<Request> requests = new ArrayList<>();
  private int logins;
  private int loginStatus = 201;
  private String said = "as asked";

  /** A request for a run. */
  record Request(String path, String authorization, String body) {}

  AirflowProtocol() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/auth/token", this::logIn);
    server.createContext("/api/v2/", this::start);
    server.start();
  }

  /** A user of it. */
  Airflow user() {
    return new Airflow(url(), Optional.of("tide"), Optional.of("a password"), Optional.empty());
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** Answers the next requests for runs with these; those after them with 200. */
  synchronized AirflowProtocol answer(int... statuses) {
    IntStream.of(statuses).forEach(answers::add);
    return this;
  }

  /** Answers every login with this. */
  synchronized void answerLogins(int status) {
    loginStatus = status;
  }

  /** Says this in what it answers to requests for runs. */
  synchronized void saying(String text) {
    said = text;
  }

  synchronized List<Request> requests() {
    return List.copyOf(requests);
  }

  synchronized int logins() {
    return logins;
  }

  private synchronized void logIn(HttpExchange exchange) throws IOException {
    logins++;
    send(exchange, loginStatus, "{\"access_token\": \"token-%d\"}".formatted(logins));
  }

  private synchronized void start(HttpExchange exchange) throws IOException {
    requests.add(
        new Request(
            exchange.getRequestURI().toString(),
            exchange.getRequestHeaders().getFirst("Authorization"),
            new String(exchange.getRequestBody().readAllBytes(), UTF_8)));
    Integer status = answers.poll();
    send(exchange, status == null ? 200 : status, "{\"detail\": \"%s\"}".formatted(said));
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
