package io.tidemark.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A verb that a shell has submitted to a cluster, by the words of a document. */
public final class SubmittedVerb implements AutoCloseable {
  private static final Pattern PAGE = Pattern.compile("started service 'SparkUI' on port (\\d+)");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final Process process;
  private final KeptOutput kept;

  private SubmittedVerb(Process process, KeptOutput kept) {
    this.process = process;
    this.kept = kept;
  }

  /**
   * @param line as a shell takes it
   * @param variables of Spark's programs, with {@code SPARK_HOME}
   * @param folder where its output is kept
   */
  static SubmittedVerb start(String line, Map<String, String> variables, Path folder)
      throws IOException {
    KeptOutput kept = KeptOutput.in(folder, "submitted");
    ProcessBuilder builder =
        new ProcessBuilder("bash", "-c", "exec " + line).directory(Page.ROOT.toFile());
    builder.environment().putAll(variables);
    builder
        .environment()
        .merge("PATH", variables.get("SPARK_HOME") + "/bin", (path, bin) -> bin + ":" + path);
    return new SubmittedVerb(kept.start(builder), kept);
  }

  /** Waits until its driver tells what it does. */
  SparkRest driver() {
    Matcher page = PAGE.matcher("");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(page.reset(errors()).find()).as(this::errors).isTrue());
    return new SparkRest(URI.create("http://127.0.0.1:" + page.group(1)));
  }

  void requireAlive() {
    assertThat(process.isAlive()).as(this::errors).isTrue();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** Waits until it has ended. */
  public int exitCode() throws InterruptedException {
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(this::errors).isTrue();
    return process.exitValue();
  }

  public String output() {
    return kept.output();
  }

  public String errors() {
    return kept.errors();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
