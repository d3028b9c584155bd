package io.tidemark.schema;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;

/**
 * Asks a registry, and asks again where it has a bad moment: it says so itself (408, 429, 5xx), or
 * gives no whole answer in time.
 */
final class RegistryHttp {
  private static final Set<Integer> BUSY = Set.of(408, 429);
  private static final Set<Integer> CLOSED = Set.of(401, 403);

  private final URI root;
  private final Limits limits;
  private final Optional<String> authorization;
  private final HttpClient http;

  /**
   * How far one question goes.
   *
   * @param timeout until the whole answer is there
   * @param tries before the registry counts as away
   * @param firstPause between two of them, doubled from one to the next
   * @param longestPause also if the registry asks for a longer one
   * @param bytes of an answer
   */
  record Limits(
      Duration timeout, int tries, Duration firstPause, Duration longestPause, int bytes) {
    static final Limits USUAL =
        new Limits(
            Duration.ofSeconds(10),
            6,
            Duration.ofMillis(200),
            Duration.ofSeconds(30),
            16 * 1024 * 1024);

    /** As long as a person waits who has just started something. */
    static final Limits BRIEF =
        new Limits(
            Duration.ofSeconds(3), 2, Duration.ofMillis(200), Duration.ofMillis(200), 1024 * 1024);

    private Duration pause(int tried) {
      Duration grown = firstPause.multipliedBy(1L << Math.min(tried - 1, 20));
      return grown.compareTo(longestPause) < 0 ? grown : longestPause;
    }
  }

  /** What the registry said. */
  record Answer(int status, String contentType, String body) {}

  /**
   * @param authorization a header's value, which no message holds
   */
  RegistryHttp(URI root, Optional<String> authorization, Limits limits) {
    this.root = root;
    this.limits = limits;
    this.authorization = authorization;
    // A redirect is not followed: it would take the password to wherever it leads.
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(limits.timeout())
            .build();
  }

  /**
   * @throws BoundedText.TooLongException if the answer is longer than an answer may be
   * @throws RegistryUnavailableException if there is none
   * @throws RegistryRefusedException if the registry lets nobody in with these credentials
   */
  Answer get(String path) throws BoundedText.TooLongException {
    return send(HttpRequest.newBuilder(root.resolve(path)).GET().build());
  }

  /** The same with a JSON body to send. */
  Answer post(String path, String body) throws BoundedText.TooLongException {
    return send(
        HttpRequest.newBuilder(root.resolve(path))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build());
  }

  private Answer send(HttpRequest question) throws BoundedText.TooLongException {
    HttpRequest.Builder request = HttpRequest.newBuilder(question, (name, value) -> true);
    authorization.ifPresent(header -> request.setHeader("Authorization", header));
    for (int tried = 1; ; tried++) {
      Exception failure;
      Duration pause = limits.pause(tried);
      try {
        HttpResponse<String> answer = answer(request.build());
        refuseClosed(answer);
        if (answer.statusCode() < 500 && !BUSY.contains(answer.statusCode())) {
          return new Answer(
              answer.statusCode(),
              answer.headers().firstValue("Content-Type").orElse(""),
              answer.body());
        }
        failure = new IOException(said(answer.statusCode(), question.uri(), answer.body()));
        pause = asked(answer).orElse(pause);
      } catch (BoundedText.TooLongException e) {
        throw e;
      } catch (IOException e) {
        failure = e;
      }
      if (tried == limits.tries()) {
        throw unavailable(failure);
      }
      pause(pause);
    }
  }

  /** Java's own limit of a request's time ends when the body begins. */
  private HttpResponse<String> answer(HttpRequest request) throws IOException {
    CompletableFuture<HttpResponse<String>> answer =
        http.sendAsync(request, response -> new BoundedText(limits.bytes()));
    try {
      return answer.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IOException("no answer within %d s".formatted(limits.timeout().toSeconds()), e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(e);
    } finally {
      answer.cancel(true);
    }
  }

  private void refuseClosed(HttpResponse<String> answer) {
    if (CLOSED.contains(answer.statusCode())) {
      throw new RegistryRefusedException(
          "Cannot use the schema registry at %s: it answered HTTP %d. Correct the user and password, or the token, of 'registry' in the environment file, or let this user read the schemas."
              .formatted(root, answer.statusCode()));
    }
  }

  /** How long the registry asks to be left alone: seconds, or a date. */
  private Optional<Duration> asked(HttpResponse<String> answer) {
    return answer
        .headers()
        .firstValue("Retry-After")
        .flatMap(RegistryHttp::duration)
        .map(asked -> asked.isNegative() ? Duration.ZERO : asked)
        .map(asked -> asked.compareTo(limits.longestPause()) < 0 ? asked : limits.longestPause());
  }

  private static Optional<Duration> duration(String retryAfter) {
    String text = retryAfter.strip();
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    try {
      Instant until = Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text));
      return Optional.of(Duration.between(Instant.now(), until));
    } catch (DateTimeParseException neither) {
      return Optional.empty();
    }
  }

  private void pause(Duration pause) {
    long end = System.nanoTime() + pause.toNanos();
    for (long left = pause.toNanos(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
      if (Thread.currentThread().isInterrupted()) {
        throw unavailable(new InterruptedException("interrupted"));
      }
    }
  }

  static String said(int status, URI question, String body) {
    String begin = body.length() > 300 ? body.substring(0, 300) + "..." : body;
    return "HTTP %d for %s: %s".formatted(status, question.getPath(), begin);
  }

  /** An answer that is not one of a registry's. */
  RegistryUnavailableException unexpected(Answer answer, String path) {
    return unavailable(new IOException(said(answer.status(), root.resolve(path), answer.body())));
  }

  RegistryUnavailableException unavailable(Exception cause) {
    if (cause instanceof SSLException) {
      return new RegistryUnavailableException(
          "Cannot use the schema registry at %s: %s. If Java does not know who signed its certificate, name a trust store that does (javax.net.ssl.trustStore)."
              .formatted(root, cause.getMessage()),
          cause);
    }
    return new RegistryUnavailableException(
        "Cannot use the schema registry at %s: %s. Start it ('./tidemark up' for a local lake), or correct 'registry' in the environment file."
            .formatted(root, cause.getMessage() == null ? "no connection" : cause.getMessage()),
        cause);
  }
}
