package io.tidemark.local;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An Apicurio schema registry, with its schemas and their ids in a file under the lake's folder.
 */
final class Registry {
  static final String NAME = "registry";
  static final int USUAL_PORT = 18081;
  static final int JAVA_RELEASE = 21;

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private Registry() {}

  /**
   * Starts it on that port if it is free, or else on another, and returns when it answers and
   * refuses schemas that cannot read what was written before.
   *
   * @param javaHome a Java of {@link #JAVA_RELEASE} or later
   */
  static Server start(Path javaHome, Path lake, int preferredPort, ServerProcess.Life life) {
    Server server =
        Server.start(
            attempt ->
                startOn(
                    attempt == 0 ? Ports.preferring(preferredPort) : Ports.free(),
                    javaHome,
                    lake,
                    life),
            Registry::answers);
    requireBackwardCompatibility(server.address());
    return server;
  }

  /** The Java that it would run on, if one is found. */
  static Optional<Path> javaHome() {
    return JavaHomes.atLeast(JAVA_RELEASE, JavaHomes.OF_REGISTRY, System.getenv());
  }

  /** Whether this registry keeps the schemas of a lake: no other knows their ids. */
  static boolean keepsSchemasOf(Path lake) {
    return Files.exists(lake.resolve("registry/schemas.mv.db"));
  }

  static boolean answers(String address) {
    return statusOf(
            HttpRequest.newBuilder(URI.create(address + "/subjects"))
                .timeout(Duration.ofSeconds(5))
                .build())
        == 200;
  }

  private static Server startOn(int port, Path javaHome, Path lake, ServerProcess.Life life) {
    ServerCommand command =
        new ServerCommand(
            NAME,
            javaHome,
            options(port, lake.resolve("registry/schemas")),
            ServerCommand.classPath(installation()),
            "io.quarkus.bootstrap.runner.QuarkusEntryPoint",
            List.of());
    return new Server(
        ServerProcess.start(command, lake, life),
        "http://127.0.0.1:%d/apis/ccompat/v7".formatted(port));
  }

  private static List<String> options(int port, Path database) {
    return List.of(
        "-Xmx256m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-XX:ReservedCodeCacheSize=128m",
        "-Duser.timezone=UTC",
        "-Dquarkus.http.host=127.0.0.1",
        "-Dquarkus.http.port=" + port,
        // Without these two it serves its management interface to every network.
        "-Dquarkus.management.host=127.0.0.1",
        "-Dquarkus.management.port=" + Ports.free(),
        "-Dapicurio.datasource.url=jdbc:h2:file:%s;WRITE_DELAY=0".formatted(database),
        "-Dapicurio.datasource.jdbc.initial-size=2",
        "-Dapicurio.datasource.jdbc.min-size=2",
        "-Dapicurio.datasource.jdbc.max-size=10");
  }

  private static Path installation() {
    Path jar = Installation.folder().resolve("registry/quarkus-run.jar");
    if (!Files.exists(jar)) {
      throw new IllegalStateException(
          "Cannot start the registry: %s is not there. Build again: mvn package".formatted(jar));
    }
    return jar;
  }

  /** Apicurio checks nothing unless told to. */
  private static void requireBackwardCompatibility(String address) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(address + "/config"))
            .header("Content-Type", "application/vnd.schemaregistry.v1+json")
            .PUT(BodyPublishers.ofString("{\"compatibility\":\"BACKWARD\"}"))
            .build();
    int status = statusOf(request);
    if (status != 200) {
      throw new IllegalStateException(
          "Cannot set the registry's compatibility to BACKWARD: %s answered %d"
              .formatted(request.uri(), status));
    }
  }

  /** The status of the answer, or 0 if there is none. */
  private static int statusOf(HttpRequest request) {
    try {
      return CLIENT.send(request, BodyHandlers.discarding()).statusCode();
    } catch (IOException silent) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for the registry any longer: interrupted", e);
    }
  }
}
