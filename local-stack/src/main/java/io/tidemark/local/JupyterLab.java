package io.tidemark.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A JupyterLab on a lake's notebooks, which listens on 127.0.0.1 and wants a token of its own
 * making.
 */
final class JupyterLab {
  static final int USUAL_PORT = 8888;

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long PAUSE_MILLIS = 200;
  private static final int LAST_LINES = 8;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();

  private final Process process;
  private final Notebooks notebooks;
  private final Path log;
  private final String token;

  private JupyterLab(Process process, Notebooks notebooks, Path log, String token) {
    this.process = process;
    this.notebooks = notebooks;
    this.log = log;
    this.token = token;
  }

  /**
   * Starts it, and does not wait until it answers.
   *
   * @param programs of the virtual environment that has it
   * @param port if empty, the usual one, or a free one if another process takes that
   */
  static JupyterLab start(
      Path programs, Notebooks notebooks, Optional<Integer> port, boolean opensBrowser, Path log)
      throws IOException {
    makePrivate(log);
    ProcessBuilder builder =
        new ProcessBuilder(
                programs.resolve("python").toString(),
                "-m",
                "jupyterlab",
                "--ServerApp.ip=127.0.0.1",
                "--ServerApp.port=" + port.orElseGet(() -> Ports.preferring(USUAL_PORT)),
                // Another process may take it before Jupyter does.
                "--ServerApp.port_retries=" + (port.isPresent() ? 0 : 50),
                "--ServerApp.root_dir=" + notebooks.folder(),
                "--ServerApp.allow_root=True",
                // A terminal's Ctrl-C reaches it as well, and it would ask back.
                "--ServerApp.answer_yes=True",
                "--ServerApp.open_browser=" + (opensBrowser ? "True" : "False"),
                "--ExtensionApp.open_browser=" + (opensBrowser ? "True" : "False"),
                // It would ask other people's servers for news.
                "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
                "--LabApp.news_url=")
            .directory(notebooks.folder().toFile())
            .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")))
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(Notebooks::isOfOthers);
    builder.environment().putAll(notebooks.variables());
    // One that it makes itself it writes into its log.
    String token = token();
    builder.environment().put("JUPYTER_TOKEN", token);
    return new JupyterLab(builder.start(), notebooks, log, token);
  }

  private static String token() {
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    return HexFormat.of().formatHex(random);
  }

  /** Who can read what happens in notebooks can do what their user can. */
  private static void makePrivate(Path log) throws IOException {
    Files.createDirectories(log.getParent());
    Files.deleteIfExists(log);
    Files.createFile(
        log, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  /**
   * @param address token included
   */
  record Running(long process, String address) {}

  /** One that runs on these notebooks already. */
  static Optional<Running> running(Notebooks notebooks) throws IOException {
    Path runtime = notebooks.ofJupyter().resolve("runtime");
    if (!Files.isDirectory(runtime)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(runtime)) {
      return files
          .filter(file -> file.getFileName().toString().matches("jpserver-\\d+\\.json"))
          .flatMap(JupyterLab::runningOf)
          .findFirst();
    }
  }

  private static Stream<Running> runningOf(Path file) {
    long process = Long.parseLong(file.getFileName().toString().replaceAll("\\D", ""));
    return address(file).stream().map(address -> new Running(process, address));
  }

  /**
   * Waits until it answers.
   *
   * @return where it is, token included
   */
  String awaitAddress() throws InterruptedException {
    Path file = notebooks.ofJupyter().resolve("runtime/jpserver-%d.json".formatted(process.pid()));
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      Optional<String> address = address(file);
      if (address.isPresent()) {
        requireOurs(address.get());
        return address.get();
      }
      if (process.waitFor(PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new IllegalStateException(
            "Cannot start JupyterLab: it ended before it answered. Its log says why: %s%n%s"
                .formatted(log, endOfLog()));
      }
    }
    stop();
    throw new IllegalStateException(
        "Cannot start JupyterLab: it did not answer within %d s. Its log may say why: %s%n%s"
            .formatted(PATIENCE.toSeconds(), log, endOfLog()));
  }

  /** A configuration of the whole machine may have set another token, or none. */
  private void requireOurs(String address) {
    if (!address.endsWith("token=" + token)) {
      stop();
      throw new IllegalStateException(
          "Cannot start JupyterLab safely: a configuration of this machine sets its token. Look for IdentityProvider or token in /etc/jupyter and /usr/local/etc/jupyter.");
    }
  }

  /** Asks it to stop, and its kernels with it. */
  void stop() {
    process.destroy();
  }

  /** Waits until it has ended, by whomever. */
  void awaitEnd() throws InterruptedException {
    process.waitFor();
  }

  private static Optional<String> address(Path file) {
    try {
      if (!Files.exists(file)) {
        return Optional.empty();
      }
      JsonNode server = JSON.readTree(file.toFile());
      String url = server.path("url").asText();
      String token = server.path("token").asText();
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "api/status"))
              .timeout(Duration.ofSeconds(5))
              .header("Authorization", "token " + token)
              .build();
      int code = CLIENT.send(request, BodyHandlers.discarding()).statusCode();
      return code == 200 ? Optional.of(url + "lab?token=" + token) : Optional.empty();
    } catch (IOException | IllegalArgumentException notYet) {
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Cannot wait for JupyterLab any longer: interrupted", e);
    }
  }

  private String endOfLog() {
    try {
      List<String> lines = Files.readAllLines(log);
      return String.join(
          System.lineSeparator(),
          lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "  (it cannot be read: %s)".formatted(e.getMessage());
    }
  }
}
