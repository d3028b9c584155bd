package io.tidemark.report;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;

/**
 * Whether anything listens where brokers are to be. Kafka's client goes on asking an address that
 * refuses, as long as it would wait for one that is slow.
 */
final class Listeners {
  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private Listeners() {}

  /**
   * Asks until one has answered.
   *
   * @param brokers as Kafka's clients have them: {@code host:port}, several with commas in between
   * @return false if every address refuses; of one that says nothing, nothing is known, and it is
   *     true
   */
  static boolean any(String brokers) {
    for (String broker : brokers.split(",")) {
      if (!refuses(broker.strip())) {
        return true;
      }
    }
    return false;
  }

  private static boolean refuses(String broker) {
    try {
      URI place = URI.create("kafka://" + broker);
      if (place.getHost() == null || place.getPort() < 0) {
        return false;
      }
      for (InetAddress address : InetAddress.getAllByName(place.getHost())) {
        if (!refuses(new InetSocketAddress(address, place.getPort()))) {
          return false;
        }
      }
      return true;
    } catch (IOException | IllegalArgumentException e) {
      // Kafka's client says what is wrong with it.
      return false;
    }
  }

  private static boolean refuses(InetSocketAddress address) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(address, Math.toIntExact(PATIENCE.toMillis()));
      return false;
    } catch (ConnectException e) {
      return true;
    }
  }
}
