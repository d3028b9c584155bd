package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.tidemark.schema.RegistryUnavailableException;
import io.tidemark.schema.SchemaRegistry;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One broker and one registry, whose servers answer. */
class ServersIT {
  private static final String SUBJECT = "purchases-value";
  private static final Schema LINE =
      SchemaBuilder.record("Line").fields().optionalString("first").endRecord();

  @TempDir static Path lake;

  private static LocalStack stack;
  private static URI registry;

  @BeforeAll
  static void start() {
    assumeThat(Registry.javaHome()).isPresent();
    stack = LocalStack.tethered(lake, RegistryChoice.SERVER);
    registry = stack.environment().registry();
  }

  @AfterAll
  static void stop() {
    if (stack != null) {
      stack.close();
    }
  }

  @Test
  void theyListenOnTheLoopbackInterfaceOnly() {
    int broker = URI.create("kafka://" + stack.environment().brokers()).getPort();
    for (int port : List.of(broker, registry.getPort())) {
      assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aSchemaThatCannotReadWhatWasWrittenIsRefused() {
    SchemaRegistry.at(registry).register(SUBJECT, LINE);
    Schema other =
        SchemaBuilder.record("Line").fields().requiredLong("without_default").endRecord();

    assertThatThrownBy(() -> SchemaRegistry.at(registry).register(SUBJECT, other))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anIdThatTheRegistryDoesNotKnowIsToldFromAUrlThatIsNotTheRegistrys() {
    assertThat(SchemaRegistry.at(registry).byId(4711)).isEmpty();
    assertThatThrownBy(() -> SchemaRegistry.at(registry.resolve("/")).byId(4711))
        .isInstanceOf(RegistryUnavailableException.class)
        .hasMessageContaining("HTTP 404");
  }

  @Test
  void aRegistryWithTlsTakesAPasswordOrATokenAndNoMessageHoldsThem(@TempDir Path folder)
      throws Exception {
    SSLContext tls = TestCertificate.in(folder).context();
    int id = SchemaRegistry.at(registry).register(SUBJECT, LINE);
    SSLContext before = SSLContext.getDefault();
    try (GuardedServer guarded = GuardedServer.before(registry, tls, "pass@word")) {
      assertThat(SchemaRegistry.at(guarded.place()).unreachable())
          .get(STRING)
          .contains("name a trust store that does (javax.net.ssl.trustStore)");
      SSLContext.setDefault(tls);

      assertThat(SchemaRegistry.at(guarded.place("me:pass%40word")).byId(id)).contains(LINE);
      assertThat(SchemaRegistry.at(guarded.place("pass%40word")).byId(id)).contains(LINE);
      for (String login : List.of("me:wrong", "wrong", "me")) {
        assertThatThrownBy(() -> SchemaRegistry.at(guarded.place(login)).byId(id))
            .hasMessageContaining("HTTP 401")
            .hasMessageNotContaining("wrong");
      }
    } finally {
      SSLContext.setDefault(before);
    }
  }
}
