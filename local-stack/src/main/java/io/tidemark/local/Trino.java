package io.tidemark.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.output.Progress;
import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.table.session.Lake;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A Trino over all tables of a local lake, which reads them and changes nothing. */
final class Trino {
  static final String NAME = "trino";
  static final int USUAL_PORT = 18080;
  static final int JAVA_RELEASE = 24;

  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final List<String> JAVA_OPTIONS =
      List.of(
          "-Xmx1500M",
          "-XX:+UseSerialGC",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:ReservedCodeCacheSize=256M",
          // As the launcher has it: while it starts, the second compiler would take half of the
          // time.
          "-XX:Tier4InvocationThreshold=50000",
          "-XX:Tier4MinInvocationThreshold=6000",
          "-XX:Tier4CompileThreshold=150000",
          "-XX:Tier4BackEdgeThreshold=400000",
          "-Duser.timezone=UTC",
          "-Dfile.encoding=UTF-8",
          // It would load an agent into itself to measure objects, and warn that it does.
          "-Djol.skipDynamicAttach=true",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED");

  private static final String ACTIVE_NODES =
      "SELECT count(*) FROM system.runtime.nodes WHERE state = 'active'";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private Trino() {}

  /**
   * The Java that it would run on.
   *
   * @throws WrongUsageException if there is none
   */
  static Path javaHome() {
    return JavaHomes.atLeast(JAVA_RELEASE, JavaHomes.OF_TRINO, System.getenv())
        .orElseThrow(
            () ->
                new WrongUsageException(
                    "Cannot start Trino: it needs Java %d or later, and none was found. Set %s to one."
                        .formatted(JAVA_RELEASE, JavaHomes.OF_TRINO)));
  }

  /**
   * Starts it on that port if it is free, otherwise on another, and returns when it answers
   * queries.
   *
   * @param installation Trino's own files, which are fetched if they are not there
   */
  static Server start(
      Path javaHome,
      TrinoInstallation installation,
      Path lake,
      int preferredPort,
      ServerProcess.Life life) {
    installation.require();
    Environment environment = LocalEnvironment.withoutServers(lake);
    Lake.createCatalog(environment.warehouse(), environment.catalog());
    try (Progress progress = Progress.start("start Trino", 1, "server")) {
      Server server =
          Server.start(
              attempt -> {
                int port = attempt == 0 ? Ports.preferring(preferredPort) : Ports.free();
                return startOn(
                    port, javaHome, installation, lake, environment.catalog().get("uri"), life);
              },
              Trino::answers,
              PATIENCE);
      progress.step();
      return server;
    }
  }

  /** The address of the one that runs on this lake and answers, if one does. */
  static Optional<String> running(Path lake) {
    try {
      return ServerProcess.find(NAME, lake).isEmpty()
          ? Optional.empty()
          : new TrinoFiles(lake).port().map(Trino::address).filter(Trino::answers);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot tell where Trino of %s is".formatted(lake), e);
    }
  }

  /**
   * Whether it runs queries: it answers before it has its catalogs, and has those before a node.
   */
  private static boolean answers(String address) {
    try {
      return !get(address + "/v1/info").path("starting").asBoolean(true) && hasNode(address);
    } catch (IOException silent) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for Trino any longer: interrupted", e);
    }
  }

  /** Whether it has found the one node that it has, itself, which takes it some seconds. */
  private static boolean hasNode(String address) throws IOException, InterruptedException {
    JsonNode answer =
        send(
            request(address + "/v1/statement")
                .header("X-Trino-User", "tidemark")
                .POST(BodyPublishers.ofString(ACTIVE_NODES)));
    long nodes = 0;
    while (true) {
      nodes += answer.path("data").path(0).path(0).asLong();
      if (!answer.has("nextUri")) {
        return nodes > 0;
      }
      answer = get(answer.path("nextUri").asText());
    }
  }

  private static JsonNode get(String address) throws IOException, InterruptedException {
    return send(request(address).GET());
  }

  private static HttpRequest.Builder request(String address) {
    return HttpRequest.newBuilder(URI.create(address)).timeout(Duration.ofSeconds(5));
  }

  private static JsonNode send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return JSON.readTree(CLIENT.send(request.build(), BodyHandlers.ofString()).body());
  }

  private static String address(int port) {
    return "http://127.0.0.1:" + port;
  }

  private static Server startOn(
      int port,
      Path javaHome,
      TrinoInstallation installation,
      Path lake,
      String catalog,
      ServerProcess.Life life) {
    TrinoFiles files = new TrinoFiles(lake);
    Path folder = installation.require();
    try {
      files.write(port, folder, catalog);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot write Trino's configuration into " + files.folder(), e);
    }
    List<String> options = new ArrayList<>(JAVA_OPTIONS);
    options.add("-Djava.io.tmpdir=" + files.temporary());
    options.add("-Dconfig=" + files.configuration());
    ServerCommand command =
        new ServerCommand(
            NAME,
            javaHome,
            options,
            ServerCommand.classPath(folder.resolve("lib/*")),
            TrinoServer.class.getName(),
            List.of(
                files.warehouse().toString(),
                files.metastore().toString(),
                installation.version()));
    return new Server(ServerProcess.start(command, lake, life), address(port));
  }
}
