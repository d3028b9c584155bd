package io.tidemark.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports of the loopback interface that nobody listens on just now. */
final class Ports {
  private Ports() {}

  /** Another process may take it before its user does: try again then. */
  static int free() {
    try {
      return bound(0);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot find a free port: " + e.getMessage(), e);
    }
  }

  static int preferring(int port) {
    try {
      return bound(port);
    } catch (IOException taken) {
      return free();
    }
  }

  static boolean isFree(int port) {
    try {
      return bound(port) == port;
    } catch (IOException taken) {
      return false;
    }
  }

  private static int bound(int port) throws IOException {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
