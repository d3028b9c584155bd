package io.tidemark.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class ListenersTest {
  private static ServerSocket listener() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  @Test
  void oneAddressOfSeveralIsEnough() throws IOException {
    try (ServerSocket there = listener()) {
      int gone;
      try (ServerSocket closed = listener()) {
        gone = closed.getLocalPort();
      }

      assertThat(Listeners.any("127.0.0.1:" + there.getLocalPort())).isTrue();
      assertThat(Listeners.any("127.0.0.1:" + gone)).isFalse();
      assertThat(Listeners.any("127.0.0.1:%d, 127.0.0.1:%d".formatted(gone, gone))).isFalse();
      assertThat(Listeners.any("127.0.0.1:%d, 127.0.0.1:%d".formatted(gone, there.getLocalPort())))
          .isTrue();
    }
  }

  @Test
  void whatCannotBeAskedMayBeThere() {
    assertThat(Listeners.any("nowhere.invalid:9092")).isTrue();
    assertThat(Listeners.any("no port")).isTrue();
    assertThat(Listeners.any("host")).isTrue();
  }
}
