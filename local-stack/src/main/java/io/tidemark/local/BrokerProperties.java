package io.tidemark.local;

import java.nio.file.Path;

/** The settings of a broker that shares a small machine with everything else. */
final class BrokerProperties {
  private BrokerProperties() {}

  /** Only on the loopback interface: it asks nobody for a password. */
  static String of(int port, int controllerPort, Path folder) {
    return """
        process.roles=broker,controller
        node.id=1
        listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
        advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
        controller.listener.names=CONTROLLER
        listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
        controller.quorum.voters=1@127.0.0.1:%2$d
        log.dirs=%3$s
        auto.create.topics.enable=false
        offsets.topic.num.partitions=1
        offsets.topic.replication.factor=1
        transaction.state.log.num.partitions=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.initial.rebalance.delay.ms=0
        num.network.threads=2
        num.io.threads=2
        num.recovery.threads.per.data.dir=1
        background.threads=2
        log.cleaner.dedupe.buffer.size=4194304
        """
        .formatted(port, controllerPort, escaped(folder.resolve("data")));
  }

  /** A backslash begins an escape in a properties file. */
  private static String escaped(Path path) {
    return path.toString().replace("\\", "\\\\");
  }
}
