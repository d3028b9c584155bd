package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.Verb;
import io.tidemark.output.ExitCode;
import io.tidemark.pipeline.RetailCopy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamCommandTest {
  private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

  @TempDir private Path folder;

  /** The retail pipeline with a view that gives another number whenever it is recomputed. */
  private Path unprovable() throws IOException {
    return RetailCopy.in(folder)
        .change(
            "views/sales_sliding.sql",
            sql -> sql.replace("sum(quantity)", "sum(quantity * rand())"))
        .folder();
  }

  private Path environment(String brokers, String registry) throws IOException {
    String yaml =
        """
        brokers: %2$s
        registry: %3$s
        warehouse: %1$s/warehouse
        checkpoints: %1$s/checkpoints
        catalog: {type: jdbc, uri: "jdbc:sqlite:%1$s/catalog.db", warehouse: "%1$s/warehouse"}
        spark: {spark.master: "local[1]", spark.ui.enabled: "false"}
        """;
    return Files.writeString(
        folder.resolve("environment.yaml"), yaml.formatted(folder, brokers, registry));
  }

  @Test
  void aPipelineThatABatchCouldNotProveIsRefusedBeforeAnythingIsWritten() throws IOException {
    assertThat(run(unprovable(), environment("nowhere.invalid:9092", folder.toString())))
        .isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("sales_sliding.sql:6: sales_sliding: Cannot use rand");
    assertThat(folder.resolve("warehouse")).doesNotExist();
  }

  @Test
  void whatDoesNotAnswerIsToldWithItsAddressAndTheWayOut() throws IOException {
    Path retail = RetailCopy.in(folder).folder();

    assertThat(run(retail, environment("127.0.0.1:9", "http://127.0.0.1:9/registry")))
        .isEqualTo(ExitCode.FAILED);
    assertThat(errors.toString(StandardCharsets.UTF_8).lines())
        .filteredOn(line -> line.startsWith("Cannot"))
        .hasSize(2)
        .contains(
            "Cannot reach Kafka at 127.0.0.1:9: no broker has answered within 5 s. Start it ('./tidemark up' for a local lake), or correct 'brokers' in the environment file.")
        .anyMatch(
            line ->
                line.startsWith("Cannot use the schema registry at http://127.0.0.1:9/registry/: ")
                    && line.endsWith(
                        "correct 'registry' in the environment file. Landing tries again."));
    assertThat(folder.resolve("warehouse")).doesNotExist();
  }

  private int run(Path pipeline, Path environment) {
    String[] arguments = {"--pipeline=" + pipeline, "--environment=" + environment};
    PrintStream terminal = System.err;
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    try {
      return Verb.run(new StreamCommand(), arguments);
    } finally {
      System.setErr(terminal);
    }
  }
}
