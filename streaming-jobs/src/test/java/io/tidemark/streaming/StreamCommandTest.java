package io.tidemark.streaming;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.ExitCode;
import io.tidemark.cli.Verb;
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
  @TempDir private Path folder;

  /** The retail pipeline with a view that gives another number whenever it is recomputed. */
  private Path unprovable() throws IOException {
    return RetailCopy.in(folder)
        .change(
            "views/sales_sliding.sql",
            sql -> sql.replace("sum(quantity)", "sum(quantity * rand())"))
        .folder();
  }

  private Path environment() throws IOException {
    String yaml =
        """
        brokers: nowhere.invalid:9092
        registry: %1$s
        warehouse: %1$s/warehouse
        checkpoints: %1$s/checkpoints
        catalog: {type: jdbc, uri: "jdbc:sqlite:%1$s/catalog.db", warehouse: "%1$s/warehouse"}
        spark: {spark.master: "local[1]", spark.ui.enabled: "false"}
        """;
    return Files.writeString(folder.resolve("environment.yaml"), yaml.formatted(folder));
  }

  @Test
  void aPipelineThatABatchCouldNotProveIsRefusedBeforeAnythingIsWritten() throws IOException {
    String[] arguments = {"--pipeline=" + unprovable(), "--environment=" + environment()};
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    PrintStream terminal = System.err;
    System.setErr(new PrintStream(errors, true, StandardCharsets.UTF_8));
    int code;
    try {
      code = Verb.run(new StreamCommand(), arguments);
    } finally {
      System.setErr(terminal);
    }

    assertThat(code).isEqualTo(ExitCode.WRONG_USAGE);
    assertThat(errors.toString(StandardCharsets.UTF_8))
        .contains("sales_sliding.sql:6: sales_sliding: Cannot use rand");
    assertThat(folder.resolve("warehouse")).doesNotExist();
  }
}
