package io.tidemark.local;

import io.tidemark.output.WrongUsageException;
import io.tidemark.pipeline.Environment;
import io.tidemark.pipeline.EnvironmentFile;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/** The broker and the registry of a local lake, started. */
public final class LocalStack implements AutoCloseable {
  /** All that may run on a lake. */
  static final List<String> SERVERS = List.of(Broker.NAME, Registry.NAME, Trino.NAME);

  private final List<Server> servers;
  private final Environment environment;
  private final String registry;

  private LocalStack(List<Server> servers, Environment environment, String registry) {
    this.servers = List.copyOf(servers);
    this.environment = environment;
    this.registry = registry;
  }

  /** Starts both; they end with this process, however it ends. */
  public static LocalStack tethered(Path lake, RegistryChoice choice) {
    return start(lake, choice, ServerProcess.Life.TETHERED);
  }

  /** Starts both; they go on without this process. */
  static LocalStack detached(Path lake, RegistryChoice choice) {
    return start(lake, choice, ServerProcess.Life.DETACHED);
  }

  /** Starts both at once, and returns when they answer. */
  private static LocalStack start(Path lake, RegistryChoice choice, ServerProcess.Life life) {
    requireName(lake);
    boolean usualPorts = life == ServerProcess.Life.DETACHED;
    Optional<Path> javaHome = registryJava(lake, choice);
    CompletableFuture<Server> broker =
        CompletableFuture.supplyAsync(
            () -> Broker.start(lake, usualPorts ? Broker.USUAL_PORT : 0, life));
    CompletableFuture<Optional<Server>> registry =
        CompletableFuture.supplyAsync(
            () ->
                javaHome.map(
                    home ->
                        Registry.start(home, lake, usualPorts ? Registry.USUAL_PORT : 0, life)));
    try {
      return of(lake, broker.join(), registry.join());
    } catch (CompletionException e) {
      // The other is still being started, and would be again if it were stopped meanwhile.
      registry.exceptionally(failure -> Optional.empty()).join();
      stop(lake);
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  /**
   * Finds what would keep servers from being started on a new lake, before anything is touched.
   *
   * @throws WrongUsageException if no lake can be in this folder, or the environment names a Java
   *     for the registry that is none
   */
  public static void requireNew(Path lake) {
    Registry.javaHome();
    requireName(lake);
  }

  /**
   * What keeps the lake's data, or reads it, takes these for the end of a folder's name, or for
   * another character.
   */
  private static void requireName(Path lake) {
    if (lake.toString().matches(".*([,;?#\\\\]|%\\p{XDigit}{2}).*")) {
      throw new WrongUsageException(
          "Cannot keep a lake in %s: its name has a comma, a semicolon, a question mark, a number sign, a backslash, or a percent sign before two digits, which readers take for something else. Take another folder."
              .formatted(lake));
    }
  }

  /** Whether everything that the lake's environment names runs and answers. */
  static boolean isUp(LocalLake lake) {
    if (ServerProcess.find(Broker.NAME, lake.folder()).isEmpty()
        || !Files.exists(lake.environmentFile())) {
      return false;
    }
    Environment environment = EnvironmentFile.read(lake.environmentFile());
    return Broker.answers(environment.brokers(), lake.folder())
        && (!"http".equals(environment.registry().getScheme())
            || Registry.answers(environment.registry().toString()));
  }

  /** Stops what runs on this lake, whoever started it; says what it was. */
  public static List<ServerProcess> stop(Path lake) {
    return stop(SERVERS, lake);
  }

  public static List<ServerProcess> stop(List<String> names, Path lake) {
    List<ServerProcess> running = running(names, lake);
    running.parallelStream().forEach(ServerProcess::stop);
    return running;
  }

  /** The servers that run on this lake. */
  static List<ServerProcess> running(Path lake) {
    return running(SERVERS, lake);
  }

  private static List<ServerProcess> running(List<String> names, Path lake) {
    return names.stream().flatMap(name -> ServerProcess.find(name, lake).stream()).toList();
  }

  public Environment environment() {
    return environment;
  }

  /** Which registry it is, in words. */
  public String registry() {
    return registry;
  }

  @Override
  public void close() {
    servers.parallelStream().forEach(Server::stop);
  }

  private static LocalStack of(Path lake, Server broker, Optional<Server> registry) {
    URI schemas =
        registry
            .map(server -> URI.create(server.address()))
            .orElseGet(() -> lake.resolve("registry").toUri());
    return new LocalStack(
        Stream.concat(Stream.of(broker), registry.stream()).toList(),
        LocalEnvironment.of(lake, broker.address(), schemas),
        registry
            .map(server -> "Apicurio at " + server.address())
            .orElse("folder " + lake.resolve("registry")));
  }

  /** Ids of schemas are in every record, so a lake keeps the registry that it began with. */
  private static Optional<Path> registryJava(Path lake, RegistryChoice choice) {
    boolean server = Registry.keepsSchemasOf(lake);
    boolean folder = !server && Files.exists(lake.resolve("registry"));
    if (folder && choice == RegistryChoice.SERVER || server && choice == RegistryChoice.FOLDER) {
      throw new WrongUsageException(
          "Cannot use a %s registry: the schemas of %s are kept by a %s. Leave out --registry, or begin another lake."
              .formatted(folder ? "server" : "folder", lake, folder ? "folder" : "server"));
    }
    if (folder || choice == RegistryChoice.FOLDER) {
      return Optional.empty();
    }
    Optional<Path> home = Registry.javaHome();
    if (home.isEmpty() && (server || choice == RegistryChoice.SERVER)) {
      throw new WrongUsageException(
          "Cannot start the registry: it needs Java %d or later, and none was found. Set TIDEMARK_REGISTRY_JAVA_HOME to one."
              .formatted(Registry.JAVA_RELEASE));
    }
    return home;
  }
}
