package io.tidemark.streaming;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before a server, and cuts the first connection once the server has answered. */
final class LostAnswer implements AutoCloseable {
  private final ServerSocket listening;
  private final URI server;
  private final AtomicInteger connections = new AtomicInteger();

  private LostAnswer(ServerSocket listening, URI server) {
    this.listening = listening;
    this.server = server;
  }

  static LostAnswer before(URI server) throws IOException {
    LostAnswer started =
        new LostAnswer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), server);
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
        Socket behind = new Socket(server.getHost(), server.getPort());
        boolean isFirst = connections.incrementAndGet() == 1;
        daemon(() -> pass(client, behind, false));
        daemon(() -> pass(behind, client, isFirst));
      }
    } catch (IOException closed) {
      // Nobody connects any more.
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
