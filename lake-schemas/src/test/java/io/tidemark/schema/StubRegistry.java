package io.tidemark.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** A schema registry that answers as it is told; its last answer of a path goes on for ever. */
public final class StubRegistry implements AutoCloseable {
  public static final String JSON = "application/vnd.schemaregistry.v1+json";
  public static final Reply NOT_FOUND =
      Reply.of(404, "{\"error_code\": 40403, \"message\": \"Schema not found\"}");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  static {
    // The head of an answer and its body go out apart: one would wait for the other's receipt.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(StubRegistry::daemon);
  private final Map<String, Queue<Reply>> answers = new ConcurrentHashMap<>();
  private final List<String> questions = new CopyOnWriteArrayList<>();
  private volatile Function<String, Reply> otherwise = path -> NOT_FOUND;

  /** How a question is answered. */
  public enum Manner {
    WHOLE,
    /** The connection ends in the middle of the body. */
    CUT,
    /** Byte for byte, without an end. */
    ENDLESS
  }

  /** An answer. */
  public record Reply(int status, Map<String, String> headers, String body, Manner manner) {
    public static Reply of(int status, String body) {
      return new Reply(status, Map.of("Content-Type", JSON), body, Manner.WHOLE);
    }

    /** What a registry says of a schema. */
    public static Reply schema(String text) {
      return of(200, node(text).toString());
    }

    static Reply schema(String text, String... references) {
      ObjectNode node = node(text);
      var list = node.putArray("references");
      for (String reference : references) {
        list.addObject().put("name", reference).put("subject", reference).put("version", 1);
      }
      return of(200, node.toString());
    }

    private static ObjectNode node(String text) {
      return MAPPER.createObjectNode().put("schema", text);
    }

    public Reply with(Manner other) {
      return new Reply(status, headers, body, other);
    }

    Reply with(String name, String value) {
      Map<String, String> more = new java.util.HashMap<>(headers);
      more.put(name, value);
      return new Reply(status, more, body, manner);
    }
  }

  public StubRegistry() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  private static Thread daemon(Runnable work) {
    Thread thread = new Thread(work, "stub registry");
    thread.setDaemon(true);
    return thread;
  }

  /** The same for this process as one that it has not asked yet, and that is asked in haste. */
  public StubRegistry opened() {
    OpenRegistries.BY_PLACE.put(
        place(),
        new ConfluentRegistry(
            place(),
            new RegistryHttp.Limits(
                Duration.ofMillis(300), 3, Duration.ofMillis(1), Duration.ofMillis(5), 50_000)));
    return this;
  }

  public URI place() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  public StubRegistry answer(String path, Reply... replies) {
    answers.put(path, new ArrayDeque<>(List.of(replies)));
    return this;
  }

  /** How it answers what it has not been told of. */
  public void answerAll(Function<String, Reply> how) {
    otherwise = how;
  }

  /** What it was asked, in the order in which it was. */
  public List<String> questions() {
    return List.copyOf(questions);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String question = exchange.getRequestURI().toString();
    questions.add(question);
    Reply reply = next(question);
    reply.headers().forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
    byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
    boolean whole = reply.manner() == Manner.WHOLE;
    exchange.sendResponseHeaders(
        reply.status(),
        !whole ? body.length + 1_000_000_000L : body.length == 0 ? -1 : body.length);
    OutputStream out = exchange.getResponseBody();
    try {
      out.write(body);
      while (reply.manner() == Manner.ENDLESS) {
        out.flush();
        out.write(' ');
      }
    } catch (IOException gone) {
      // Whoever asked has had enough.
      exchange.close();
      return;
    }
    exchange.close();
  }

  private Reply next(String question) {
    Queue<Reply> queue = answers.get(question);
    if (queue == null) {
      return otherwise.apply(question);
    }
    synchronized (queue) {
      return queue.size() == 1 ? queue.element() : queue.remove();
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
