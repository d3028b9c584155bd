package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URISyntaxException;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.message.SimpleMessage;
import org.junit.jupiter.api.Test;

class LoggingTest {
  private static final String SCHEDULER = "org.apache.spark.scheduler.DAGScheduler";

  private static boolean isLogged(String message) throws URISyntaxException {
    URI file = LoggingTest.class.getResource("/log4j2.xml").toURI();
    try (LoggerContext context = new LoggerContext("logging", null, file)) {
      context.start();
      LoggerConfig scheduler = context.getConfiguration().getLoggerConfig(SCHEDULER);
      return !scheduler.isFiltered(
          Log4jLogEvent.newBuilder()
              .setLoggerName(SCHEDULER)
              .setLevel(Level.WARN)
              .setMessage(new SimpleMessage(message))
              .build());
    }
  }

  @Test
  void thatAQueryHasStoppedBetweenTwoBatchesIsNotAWarning() throws URISyntaxException {
    assertThat(
            isLogged("Failed to cancel job group 39f56964-b329. Cannot find active jobs for it."))
        .isFalse();
    assertThat(isLogged("Creating new stage failed due to exception")).isTrue();
  }
}
