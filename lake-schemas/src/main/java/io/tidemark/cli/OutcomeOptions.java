package io.tidemark.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.output.ExitCode;
import io.tidemark.output.FailureReason;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkConf;
import org.apache.spark.deploy.SparkHadoopUtil;
import picocli.CommandLine.Option;

/**
 * Where a verb says how it ended, and for whom it runs: whoever submits one to a cluster sees
 * neither its output nor its exit code.
 */
public final class OutcomeOptions {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Option(
      names = "--outcome",
      paramLabel = "FILE",
      description =
          "Also write to this file, a path or a URI that Spark can write to, how the run ended: an"
              + " object as of --json, or the failure.")
  private String file;

  @Option(
      names = "--airflow-run",
      paramLabel = "ID",
      description = "The Airflow DAG run that this run belongs to; kept in ops.runs.")
  private String airflowRun;

  private Configuration settings;

  /** The run of a DAG that asks for it, if one does. */
  public Optional<String> airflowRun() {
    return Optional.ofNullable(airflowRun);
  }

  /** Whether somebody wants to know how it ended. */
  public boolean isWanted() {
    return file != null;
  }

  /**
   * @param settings those of Spark, once it has started, by which it writes from now on
   */
  public void settings(Configuration settings) {
    this.settings = settings;
  }

  /** Says why the run has come to nothing; a failure to say so is added to the first one. */
  public void failed(Throwable failure) {
    failed(failure, FailureReason.of(failure));
  }

  /** The same with another message, where the failure's own may quote personal data. */
  public void failed(Throwable failure, String message) {
    try {
      failed(
          "failed",
          Verb.isWrongUsage(FailureReason.unwrapped(failure))
              ? ExitCode.WRONG_USAGE
              : ExitCode.FAILED,
          message);
    } catch (IOException | RuntimeException unwritten) {
      failure.addSuppressed(unwritten);
    }
  }

  /**
   * The same of a run that has ended in its own way.
   *
   * @param outcome one word
   */
  public void failed(String outcome, int exitCode, String message) throws IOException {
    write(
        JSON.createObjectNode()
            .put("outcome", outcome)
            .put("exit_code", exitCode)
            .put("message", message)
            .toString());
  }

  /** Says how the run ended. */
  public void write(String json) throws IOException {
    if (isWanted()) {
      Path place = new Path(file);
      try (OutputStream out = place.getFileSystem(known()).create(place, true)) {
        out.write(json.getBytes(UTF_8));
      }
    }
  }

  /** Before Spark has started, what it was submitted with. */
  private Configuration known() {
    return settings != null ? settings : SparkHadoopUtil.get().newConfiguration(new SparkConf());
  }
}
