package io.tidemark.streaming;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server, and spoils the answer to the first request. */
final class BadAnswer implements AutoCloseable {
  /** What becomes of the first answer. */
  enum Kind {
    /** The server's, which has done what it was asked for, does not come back. */
    LOST,
    /** The server is not asked at all: another request is under way, says S3 then. */
    CONFLICT
  }

  private static final String CONFLICT =
      "<Error><Code>ConditionalRequestConflict</Code><Message>Try again</Message></Error>";

  private final ServerSocket listening;
  private final URI server;
  private final Kind first;
  private final AtomicInteger connections = new AtomicInteger();

  private BadAnswer(ServerSocket listening, URI server, Kind first) {
    this.listening = listening;
    this.server = server;
    this.first = first;
  }

  static BadAnswer before(URI server, Kind first) throws IOException {
    BadAnswer started =
        new BadAnswer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server, first);
    daemon(started::accept);
    return started;
  }

  String url() {
    return "http://127.0.0.1:" + listening.getLocalPort();
  }

  /** How many have come. */
  int connections() {
    return connections.get();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        boolean isFirst = connections.incrementAndGet() == 1;
        if (isFirst && first == Kind.CONFLICT) {
          daemon(() -> refuse(client));
          continue;
        }
        Socket behind = new Socket(server.getHost(), server.getPort());
        daemon(() -> pass(client, behind, false));
        daemon(() -> pass(behind, client, isFirst));
      }
    } catch (IOException closed) {
      // Nobody connects any more.
    }
  }

  /** Once all of a small request has come. */
  private static void refuse(Socket client) {
    try (client) {
      client.setSoTimeout(300);
      try {
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (SocketTimeoutException read) {
        // It waits for the answer.
      }
      String answer =
          "HTTP/1.1 409 Conflict\r\nContent-Type: application/xml\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(CONFLICT.length(), CONFLICT);
      client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException closed) {
      // The client has given up.
    }
  }

  private static void pass(Socket from, Socket to, boolean isLost) {
    try (from;
        to) {
      byte[] bytes = new byte[8192];
      for (int read = from.getInputStream().read(bytes);
          read > 0;
          read = from.getInputStream().read(bytes)) {
        if (isLost) {
          return;
        }
        to.getOutputStream().write(bytes, 0, read);
      }
    } catch (IOException closed) {
      // By the other direction.
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "before a server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
